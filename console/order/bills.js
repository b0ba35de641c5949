// The invoice of an order and its credit notes.

import { read } from "../api.js";
import { API } from "../config.js";
import { h } from "../dom.js";
import { failed } from "../notice.js";
import { button, money, panel, table, time, words } from "../parts.js";

export function bills({ base }, invoice) {
  if (invoice === null) return null;
  const columns = [
    ["Number", ({ bill_number: number }) => h("strong", null, number)],
    ["Kind", ({ kind, occasion }) => [words(kind), occasion && h("small", null, ` ${words(occasion)}`)]],
    ["Issued", ({ issued_at: at }) => time(at)],
    ["Total", ({ total_amount: total, currency }) => money(total, currency), "num"],
    ["PDF", ({ bill_number: number }) => button(`Open ${number}`, () => open(base, number), "small")],
  ];
  return panel("bills", "Bills", table("Bills", columns, [invoice, ...invoice.credit_notes], ({ bill_number: number }) => number));
}

/** Opens a PDF in another tab. Its link is good for a quarter of an hour, so each time there is a new one. */
async function open(base, number) {
  // Only what a click opens at once is let through.
  const tab = window.open("about:blank", "_blank");
  try {
    const invoice = await read(`${base}/invoice`);
    const { pdf_url: path } = [invoice, ...invoice.credit_notes].find((bill) => bill.bill_number === number);
    const url = new URL(path, new URL(API, location.href));
    tab.opener = null;
    tab.location = url.href;
  } catch (error) {
    tab?.close();
    failed(error);
  }
}
