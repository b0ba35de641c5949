// All that happened: staff sees the log, customers their timeline.

import { h } from "../dom.js";
import { money, panel, table, time, words } from "../parts.js";

export function history(order, events) {
  const entries = (events ?? order.timeline).toReversed();
  const columns = [
    ["#", ({ sequence }) => String(sequence), "num"],
    ["When", ({ at }) => time(at), "plain"],
    ["What", ({ type }) => h("strong", null, words(type)), "plain"],
    ["Who", ({ actor, command }) => [words(actor), command && h("small", null, ` ${words(command)}`)], "plain"],
    // Customers are told why, where something was called off.
    (events || entries.some(({ reason, shipment_id: parcel }) => reason || parcel)) && ["More", (entry) => more(entry, order.currency), "more"],
  ].filter(Boolean);
  return panel("history", events ? "Events" : "Timeline", table(events ? "Events" : "Timeline", columns, entries, ({ sequence }) => sequence));
}

function more({ data, ledger, reason, override_reason: override, shipment_id: parcel }, currency) {
  const named = Object.entries(data ?? { shipment_id: parcel, reason, override_reason: override }).filter(([, value]) => ![undefined, null, false].includes(value) && value.length !== 0);
  return [
    ledger?.map((entry) => [h("span.booked", null, words(entry.kind), " ", money(entry.amount, currency)), " "]),
    named.map(([name, value]) => [h("small", null, h("span.soft", null, words(name)), " ", brief(value)), " "]),
  ];
}

/** A value in a line. */
function brief(value) {
  if (Array.isArray(value)) return value.map(brief).join("; ");
  if (value !== null && typeof value === "object") {
    if ("line_id" in value && "quantity" in value) return `${value.quantity} × line ${value.line_id}`;
    return Object.entries(value).filter(([, one]) => one !== null).map(([name, one]) => `${words(name)} ${brief(one)}`).join(", ");
  }
  return String(value);
}
