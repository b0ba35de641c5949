// What can be asked of an order: exactly the API's `available_actions`, as buttons.

import { change, keys } from "../api.js";
import { ask } from "../ask.js";
import { cards, keepPage, payment, paymentFields } from "../checkout.js";
import { h } from "../dom.js";
import { done, failed } from "../notice.js";
import { button, tag, time, words } from "../parts.js";
import { nameOf, unitsOf } from "./lines.js";

const COURIER = [
  { name: "courier", label: "Courier", required: true },
  { name: "tracking_number", label: "Its number of it" },
  { name: "tracking_url", label: "Where it shows it", type: "url" },
];
const REASON = { name: "reason", label: "Reason" };
const OVERRIDE = { name: "override_reason", label: "Why beyond the store's policy", hint: "Only where the policy does not allow it; it stays in the log." };

/** Commands that need nothing more, by the status that they lead to. */
const MOVES = { confirm: "confirmed", prepare: "preparing", pack: "packed", ship: "shipped", deliver: "delivered" };

/** What somebody must look at. */
export function attention({ attention = [] }) {
  return attention.length > 0 && h("ul.attention", { "aria-label": "Somebody must look at this", "data-key": "attention" }, attention.map(({ type, since }) => h("li", { "data-key": type }, tag(type, "bad"), " since ", time(since))));
}

/** The order's buttons. */
export function buttons(context) {
  const { order, base, staff } = context;
  const admin = `/admin/orders/${order.order_id}`;
  const forms = {
    pay: () => form(context, { title: "Pay the order", fields: paymentFields().map((one) => (one.name === "method" ? { ...one, options: one.options.filter(([name]) => name !== "later") } : one)), submit: "Pay", post: `${base}/payments`, body: payment, then: keepPage }),
    cancel: () => form(context, { title: "Call the order off", fields: [REASON, ...(staff ? [OVERRIDE] : [])], submit: "Call it off", post: `${base}/cancel` }),
    cancel_lines: () => units(context, { title: "Call off a part", left: (line) => unitsOf(line).open + unitsOf(line).packed, fields: [REASON, ...(staff ? [OVERRIDE] : [])], submit: "Call them off", post: `${base}/cancel` }),
    fulfill: () => units(context, { title: "Send a part", left: (line) => unitsOf(line).open + unitsOf(line).packed, fields: COURIER.map((one) => ({ ...one, required: false })), submit: "Send them", post: `${admin}/fulfill` }),
    refund: () => form(context, { title: "Give money back", intro: "Without an amount, all that can be given back.", fields: [{ name: "amount", label: `Amount in ${order.currency}` }, { name: "goodwill", label: "As a gift of the store", type: "check" }, REASON], submit: "Give it back", post: `${admin}/refunds` }),
    request_return: () => units(context, { title: "Send something back", left: (line) => (line.delivered_quantity ?? 0) - (line.returning_quantity ?? 0) - (line.returned_quantity ?? 0), fields: [{ ...REASON, type: "select", options: context.sent.reasons.map((name) => [name, words(name)]) }, { name: "comment", label: "Comment", type: "area" }], submit: "Ask for the return", post: `${base}/returns` }),
    change_notes: () => form(context, { title: "Staff's notes", fields: [{ name: "internal_notes", label: "Notes", type: "area", value: order.internal_notes, hint: "Customers never see them." }], submit: "Keep them", method: "PATCH", post: admin, version: order.version, body: (values) => ({ internal_notes: values.internal_notes ?? null }) }),
  };
  const named = { cancel: "Call off…", cancel_lines: "Call off a part…", fulfill: "Send a part…", refund: "Give money back…", request_return: "Send back…", change_notes: "Notes…", pay: "Pay…" };
  const one = (action) =>
    action in forms ? button(named[action], forms[action], !staff && ["pay", "request_return"].includes(action) ? "main" : "")
    : action in MOVES ? button(words(action).replace(/^./, (first) => first.toUpperCase()), () => tried(context, words(action), () => change("PATCH", `/orders/${order.order_id}/status`, { body: { status: MOVES[action] } })))
    : null;
  const shown = order.available_actions.map((action) => [action, one(action)]).filter(([, node]) => node !== null);
  return h("div.bar.actions", { role: "group", "aria-label": "What can be asked of it", "data-key": "actions" }, shown.map(([action, node]) => keyed(node, action)));
}

/** The buttons of one parcel. */
export function parcelButtons(context, { shipment_id: id, status, courier, label }) {
  const { order, staff } = context;
  if (!staff) return null;
  const can = (action) => order.available_actions.includes(action);
  const path = `/admin/orders/${order.order_id}/shipments/${id}`;
  const move = (to, name) => keyed(button(name, () => tried(context, `parcel ${id} ${to}`, () => change("PATCH", path, { body: { status: to } })), "small"), to);
  const key = keys();
  const want = () => tried(context, `label of parcel ${id} asked for`, () => change("POST", `/admin/orders/${order.order_id}/shipments/${id}/label`, { key: key(null) }));
  const name = () => form(context, { title: `Who carries parcel ${id}`, fields: COURIER.map((one) => ({ ...one, value: one.name === "courier" ? courier?.name : undefined })), submit: "Keep it", method: "PATCH", post: path });
  return h("div.bar", null,
    can("pack") && status === "planned" && move("packed", "Pack it"),
    can("ship") && ["planned", "packed"].includes(status) && move("shipped", "Ship it"),
    can("deliver") && status === "shipped" && move("delivered", "Deliver it"),
    can("want_label") && ["planned", "packed"].includes(status) && (label == null || label.status === "failed") && keyed(button("Buy its label", want, "small"), "label"),
    can("name_courier") && status !== "delivered" && keyed(button("Courier…", name, "small"), "courier"));
}

/** The buttons of one refund. */
export function refundButtons(context, { refund_id: id, status }) {
  const { order, staff } = context;
  if (!staff || status === "done") return null;
  const path = `/admin/orders/${order.order_id}/refunds/${id}`;
  const can = (action) => order.available_actions.includes(action);
  const settle = () => form(context, { title: "Paid by other means", fields: [{ name: "reference", label: "How it can be found", required: true }], submit: "Note it", post: `${path}/settle` });
  return h("div.bar", null,
    can("retry_refund") && status === "failed" && button("Ask again", () => tried(context, "refund asked for again", () => change("POST", `${path}/retry`)), "small"),
    can("settle_refund") && button("Paid otherwise…", settle, "small"));
}

/** The buttons of one return. */
export function returnButtons(context, { return_id: id, status }) {
  const { order, staff } = context;
  if (!staff) return null;
  const can = (action) => order.available_actions.includes(`${action}_return`);
  const path = `/admin/orders/${order.order_id}/returns/${id}`;
  const reject = () => form(context, { title: "Do not let it be sent back", fields: [{ ...REASON, required: true, hint: "The customer reads it." }], submit: "Reject it", post: `${path}/reject` });
  const post = (step, what) => () => tried(context, what, () => change("POST", `${path}/${step}`));
  return h("div.bar", null,
    can("approve") && status === "requested" && keyed(button("Approve", post("approve", "return approved"), "main"), "approve"),
    can("receive") && status === "approved" && keyed(button("Receive", post("receive", "return received"), "main"), "receive"),
    can("reject") && ["requested", "approved"].includes(status) && keyed(button("Reject…", reject), "reject"));
}

function keyed(node, key) {
  node.dataset.key = key;
  return node;
}

async function tried({ refresh }, what, action) {
  try {
    await action();
    done(`Done: ${what}.`);
  } catch (error) {
    failed(error);
  }
  await refresh();
}

/** Asks for what a command needs, and sends it. The same request again is not done twice. */
async function form({ refresh }, { title, intro, fields, submit, method = "POST", post, version, body = (values) => values, then = () => {} }) {
  const key = keys();
  const run = async (values) => {
    const request = body(values);
    then(await change(method, post, { body: request, version, key: method === "POST" ? key(request) : undefined }));
    done(`Done: ${title.toLowerCase()}.`);
  };
  await ask({ title, intro, fields, submit, run, extra: cards() });
  await refresh();
}

/** The same for units of lines. */
function units(context, { left, ...rest }) {
  const open = context.order.lines.filter((line) => left(line) > 0);
  const fields = open.map((line) => ({ name: `line ${line.line_id}`, label: nameOf(line), type: "number", min: 0, max: left(line), value: open.length === 1 ? left(line) : 0, hint: `of ${left(line)}` }));
  const body = (values) => {
    const chosen = open.map((line) => ({ line_id: line.line_id, quantity: values[`line ${line.line_id}`] ?? 0 })).filter(({ quantity }) => quantity > 0);
    const others = Object.fromEntries(rest.fields.filter(({ name }) => name in values).map(({ name }) => [name, values[name]]));
    return { ...others, lines: chosen };
  };
  return form(context, { ...rest, fields: [...fields, ...rest.fields], body });
}
