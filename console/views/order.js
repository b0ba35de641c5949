// One order: where it stands, what is in it, its parcels, its money, all that happened, and what can be asked of it.

import { picture, read } from "../api.js";
import { h } from "../dom.js";
import { attention, buttons } from "../order/actions.js";
import { bills } from "../order/bills.js";
import { history } from "../order/history.js";
import { lines } from "../order/lines.js";
import { amounts, ledger, payments } from "../order/money.js";
import { parcels } from "../order/parcels.js";
import { returns } from "../order/returns.js";
import { day, facts, factsInline, panel, raw, tag, time } from "../parts.js";
import { token, who } from "../session.js";
import { stateMap } from "../states.js";

/** What was read of an order beside itself, which is the same as long as its version is. */
let before = {};

export const order = {
  every: 2500,

  async load({ id }) {
    const [guest, staff] = [who() === "guest", who() === "staff"];
    const base = guest ? `/guest/orders/${encodeURIComponent(token())}` : `/orders/${encodeURIComponent(id)}`;
    const key = `${who()} ${base}`;
    const order = await read(base);
    // Scans of a parcel on its way are no change of the order.
    const tracking = await read(`${base}/tracking`);
    if (before.key !== key || before.version !== order.version) {
      const admin = staff ? `/admin/orders/${order.order_id}` : null;
      const [sent, books, events, image, invoice] = await Promise.all([
        read(`${base}/returns`), admin && read(`${admin}/ledger`), admin && allEvents(admin), picture(`${base}/impact?format=svg`),
        order.bill_number === null ? null : read(`${base}/invoice`),
      ]);
      const old = before.image;
      before = { key, version: order.version, sent, books, events, image, invoice };
      // The picture on the page is replaced in a moment.
      if (old) setTimeout(() => URL.revokeObjectURL(old), 2000);
    }
    return { order, base, tracking, staff, ...before };
  },

  draw({ order, base, tracking, staff, sent, books, events, image, invoice }, place, refresh) {
    const context = { order, base, staff, sent, refresh };
    return h(
      "div.order", null,
      heading(order),
      attention(order),
      buttons(context),
      h("section.panel", { "aria-label": "State", "data-key": "state" }, stateMap(order), dates(order, tracking)),
      h("div.halves", null,
        h("div", { "data-key": "left" }, lines(order), parcels(context, tracking), history(order, events), books && ledger(books)),
        h("div", { "data-key": "right" }, amounts(order), bills(context, invoice), payments(context), returns(context), addressed(order), impact(order, image))),
      raw("json", "The order as JSON", order),
    );
  },
};

async function allEvents(admin) {
  const found = [];
  for (let after = 0; after !== null;) {
    const page = await read(`${admin}/events?after=${after}`);
    found.push(...page.events);
    after = page.next_after;
  }
  return found;
}

function heading({ order_number: number, status, payment_status: paid, fulfillment_status: sent, customer_id: customer, version }) {
  return h(
    "div.head", { "data-key": "head" },
    h("h1", null, "Order ", h("span.order-number", null, number)),
    h("p.line", { role: "status", "aria-label": "Status" }, tag(status), tag(paid), tag(sent)),
    h("p.soft", null, `${customer} · version ${version}`),
  );
}

function dates({ created_at: created, estimated_delivery: due, return_until: until }, tracking) {
  const late = tracking?.delay_status;
  return factsInline(
    ["Placed", time(created)], ["Promised", day(due)], tracking?.delivered_at && ["Delivered", time(tracking.delivered_at)],
    late && ["Against the promise", tag(late)], until && ["Can be sent back until", time(until)],
  );
}

function addressed({ shipping_address: to, billing_address: bill, contact_email: mail, contact_email_status: reached, language, notes, internal_notes: internal, coupon_code: coupon }) {
  const written = (address) => [address.name, address.street, [address.postal_code, address.city].filter(Boolean).join(" "), address.region, address.country].filter(Boolean).join(", ");
  return panel("addressed", "Customer", facts(
    ["Goes to", h("span", { dir: "auto" }, written(to))],
    written(bill) !== written(to) && ["Bill to", h("span", { dir: "auto" }, written(bill))],
    ["Mail", [mail, reached && reached !== "ok" && [" ", tag(reached)]]],
    ["Language", language], ["Coupon", coupon && h("code", null, coupon)],
    ["Notes", notes && h("span", { dir: "auto" }, notes)], ["Staff's notes", internal && h("span", { dir: "auto" }, internal)],
  ));
}

function impact({ order_number: number, eco_impact: eco }, image) {
  return panel("impact", "What it emits", h("p.soft", null, `Carrying it, without its packaging: ${eco.carbon_grams} g CO2e by the factors of ${eco.factor_version}.`),
    h("img.impact", { src: image, alt: `The life of order ${number} and what carrying and packing it emits`, width: 400 }));
}
