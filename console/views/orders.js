// The list of orders: everybody's for staff, their own for customers.

import { read } from "../api.js";
import { h } from "../dom.js";
import { day, empty, money, plural, table, tag, time, words } from "../parts.js";
import { who } from "../session.js";

const STATUSES = ["pending", "confirmed", "preparing", "packed", "shipped", "delivered", "cancelled"];
const ROWS = 20;
/** What the address may say of the list, as the API names it. */
const FILTERS = { staff: ["status", "user_id", "from", "to", "attention", "cursor"], customer: ["status", "cursor"] };

export const orders = {
  every: 3000,

  async load({ query }) {
    const asked = new URLSearchParams({ limit: ROWS });
    for (const name of FILTERS[who()]) if (query.get(name)) asked.set(name, query.get(name));
    return read(`${who() === "staff" ? "/admin/orders" : "/orders"}?${asked}`);
  },

  draw({ orders, next_cursor: next }, { query }) {
    const staff = who() === "staff";
    const columns = [
      ["Order", ({ order_id: id, order_number: number }) => h("a", { href: `#/orders/${id}` }, number)],
      ["Status", ({ status }) => tag(status)],
      ["Payment", (row) => [tag(row.payment_status), h("small", null, ` ${row.payment_type}`)]],
      ["Fulfilment", (row) => tag(row.fulfillment_status)],
      staff && ["Customer", (row) => row.customer_id, "clip"],
      ["Items", (row) => String(row.item_count), "num"],
      ["Total", (row) => money(row.total_amount, row.currency), "num"],
      ["Placed", (row) => time(row.created_at)],
      ["Due", (row) => day(row.estimated_delivery)],
      staff && ["Look at", (row) => row.attention.map(({ type }) => tag(type, "bad"))],
    ].filter(Boolean);
    return h(
      "div", null,
      h("h1", null, staff ? "Everybody's orders" : "Orders"),
      filters(query, staff),
      orders.length > 0 ? table("Orders", columns, orders, (row) => row.order_id)
      : empty(query.size > 0 ? "No order is like that." : "No orders yet. ", !staff && h("a", { href: "#/shop" }, "Place one in the shop.")),
      pages(query, orders.length, next),
    );
  },
};

const address = (query) => `#/orders${query.size > 0 ? `?${query}` : ""}`;

function filters(query, staff) {
  const onsubmit = (event) => event.preventDefault();
  const onchange = (event) => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(event.currentTarget)) if (value.trim() !== "") chosen.set(name, value.trim());
    location.hash = address(chosen);
  };
  const one = (label, control) => h("label", null, h("span", null, label), control);
  const status = h("select", { name: "status" }, h("option", { value: "" }, "any"), STATUSES.map((name) => h("option", { value: name, selected: query.get("status") === name }, words(name))));
  return h(
    "form.filters", { onsubmit, onchange, "aria-label": "Filters", "data-key": "filters" },
    one("Status", status),
    staff && [
      one("Customer", h("input", { name: "user_id", value: query.get("user_id"), autocomplete: "off", size: 12 })),
      one("From", h("input", { name: "from", type: "date", value: query.get("from") })),
      one("To", h("input", { name: "to", type: "date", value: query.get("to") })),
      h("label.check", null, h("input", { type: "checkbox", name: "attention", value: "true", checked: query.get("attention") === "true" }), h("span", null, "Somebody must look")),
    ],
    query.size > 0 && h("a", { href: "#/orders" }, "Clear"),
  );
}

function pages(query, count, next) {
  const [first, more] = [new URLSearchParams(query), new URLSearchParams(query)];
  first.delete("cursor");
  if (next !== null) more.set("cursor", next);
  return h(
    "nav.bar", { "aria-label": "Pages" },
    h("span.soft", null, plural(count, "order")),
    query.has("cursor") && h("a.button", { href: address(first) }, "Newest"),
    next !== null && h("a.button", { href: address(more) }, "Older"),
  );
}
