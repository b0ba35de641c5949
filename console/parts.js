// What all views are made of: tags, times, amounts, panels, tables, errors.

import { h } from "./dom.js";

const TONES = {
  ok: "paid delivered fulfilled done received bought active won ok early on_time",
  go: "confirmed preparing packed shipped authorized in_progress partially_fulfilled approved planned partially_refunded transit out_for_delivery pre_transit",
  wait: "pending unpaid requested unfulfilled open later",
  bad: "failed late lost bounced complained rejected refund_failed dispute unpaid_goods",
};
const toneOf = (word) => Object.keys(TONES).find((tone) => TONES[tone].split(" ").includes(word)) ?? "idle";

/** `partially_refunded` for people. */
export const words = (name) => String(name).replaceAll("_", " ");
/** A word of the API, in its colour. */
export const tag = (word, tone = toneOf(word)) => h(`span.tag.${tone}`, null, words(word));
export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const MOMENT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
/** A moment, in the reader's time zone. */
export const time = (at) => (at ? h("time", { datetime: at, title: at }, MOMENT.format(new Date(at))) : "–");
/** A day, which has no time zone. */
export const day = (date) => (date ? h("time", { datetime: date }, DAY.format(new Date(date))) : "–");
/** An amount as the API has it: a text, never a number. */
export const money = (amount, currency) => h("span.money", null, amount, " ", h("small", null, currency));

/** Names and values; what has no value is left out. */
export const facts = (...pairs) => listed("dl.facts", pairs);
/** The same, one behind the other. */
export const factsInline = (...pairs) => listed("dl.facts.inline", pairs);
const listed = (kind, pairs) =>
  h(kind, null, pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "").map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));

/** A part of a view with a heading of its own. */
export function panel(key, title, ...children) {
  const id = `panel-${key}`;
  return h("section.panel", { "data-key": key, "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

/**
 * A table. `columns` are `[heading, cell of a row, class]`; `keyOf` names a row, so that it stays the same when others come.
 */
export function table(label, columns, rows, keyOf, classOf = () => null) {
  const head = columns.map(([heading, , kind]) => h("th", { scope: "col", class: kind }, heading));
  const line = (row) =>
    h("tr", { "data-key": keyOf(row), class: classOf(row) }, columns.map(([heading, cell, kind]) => h("td", { "data-name": kind === "plain" ? null : heading, class: kind }, cell(row))));
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": label }, h("table", { "aria-label": label }, h("thead", null, h("tr", null, head)), h("tbody", null, rows.map(line))));
}

export const empty = (...text) => h("p.empty", null, ...text);
export const button = (text, onclick, kind = "") => h(`button${kind && `.${kind}`}`, { type: "button", onclick }, text);
/** Something as JSON, folded. */
export const raw = (key, title, value) => h("details.raw", { "data-key": key }, h("summary", null, title), h("pre", { tabindex: "0", "aria-label": title }, JSON.stringify(value, null, 2)));

/** An error as the API words it. */
export function problem(error) {
  const { body = {}, status, request } = error;
  const extra = [
    body.order_status && ["order is", words(body.order_status)],
    body.allowed_actions && ["possible", body.allowed_actions.map(words).join(", ") || "nothing"],
    body.decline_code && ["bank", words(body.decline_code)],
    body.actual_total && ["total now", money(body.actual_total, body.currency)],
    body.refundable_amount && ["can be given back", money(body.refundable_amount, body.currency)],
    ["request", h("code", null, request ?? "")],
    body.request_id && ["id", h("code", null, body.request_id)],
  ];
  const short = (body.lines ?? []).filter((line) => "available" in line);
  return h(
    "div.problem",
    null,
    h("p", null, h("strong", null, [status || null, body.title ?? "Error"].filter(Boolean).join(" ")), " ", body.code && h("code", null, body.code)),
    h("p", null, error.message),
    body.errors?.length > 0 && h("ul", null, body.errors.map((one) => h("li", null, h("code", null, one.pointer), ` ${one.detail} `, h("small", null, one.code)))),
    short.length > 0 && h("ul", null, short.map((line) => h("li", null, h("code", null, line.product_id), ` ${line.requested} asked for, ${line.available} there`))),
    facts(...extra),
  );
}
