// The catalogue, a cart and what it costs, and placing the order.

import { change, keys, read } from "../api.js";
import { basket } from "../basket.js";
import { checkout, chosen, keepPage } from "../checkout.js";
import { h } from "../dom.js";
import { failed } from "../notice.js";
import { day, empty, facts, money, panel, problem, words } from "../parts.js";
import { take, who } from "../session.js";

const placing = keys();

export const shop = {
  every: 10_000,

  async load({ query }) {
    const asked = new URLSearchParams({ limit: 50 });
    if (query.get("cursor")) asked.set("cursor", query.get("cursor"));
    const [{ products, next_cursor: next }, cart] = await Promise.all([read(`/products?${asked}`), basket().read(chosen())]);
    return { products: products.filter(({ state }) => state === "active"), next, cart };
  },

  draw({ products, next, cart }, place, refresh) {
    return h(
      "div", null,
      h("h1", null, "Shop"),
      h("div.split.shop", null,
        h("section", { "aria-label": "Products", "data-key": "products" },
          products.length > 0 ? h("ul.products", null, products.map((product) => card(product, cart, refresh))) : empty("Nothing is for sale."),
          next !== null && h("a.button", { href: `#/shop?${new URLSearchParams({ cursor: next })}` }, "More")),
        panel("cart", "Cart", cartOf(cart, refresh))),
    );
  },
};

function card(product, cart, refresh) {
  const { product_id: id, name, description, price, list_price: list, currency, variations } = product;
  const variation = (one) => [one.variation_id, `${one.attributes.map(({ value }) => value).join(", ")}${one.price === price ? "" : `, ${one.price} ${currency}`}`];
  const onsubmit = async (event) => {
    event.preventDefault();
    const sku = variations.length > 0 ? `${id}:${event.target.elements.variation.value}` : id;
    const before = cart.lines.find((line) => skuOf(line) === sku)?.quantity ?? 0;
    await tried(() => basket().put(sku, before + Number.parseInt(event.target.elements.quantity.value, 10)), refresh);
  };
  return h(
    "li", { "data-key": id },
    h("form", { onsubmit },
      h("h2", null, name),
      description && h("p.soft", null, description),
      h("p", null, money(price, currency), list !== price && [" ", h("s", { "aria-label": `instead of ${list}` }, list)]),
      h("div.bar", null,
        variations.length > 0 && h("select", { name: "variation", "aria-label": `Variation of ${name}` }, variations.map(variation).map(([value, text]) => h("option", { value }, text))),
        h("input.count", { name: "quantity", type: "number", min: 1, max: 10000, value: 1, required: true, "aria-label": `Units of ${name}` }),
        h("button", { type: "submit", "aria-label": `Add ${name} to the cart` }, "Add"))),
  );
}

export const skuOf = (line) => (line.variation_id ? `${line.product_id}:${line.variation_id}` : line.product_id);

function cartOf(cart, refresh) {
  if (cart.lines.length === 0) return empty("Nothing is in it yet.");
  const row = (line) => {
    const sku = skuOf(line);
    const put = (event) => {
      const quantity = Number.parseInt(event.target.value, 10);
      if (quantity > 0) tried(() => basket().put(sku, quantity), refresh);
    };
    return h(
      "li", { "data-key": sku },
      h("span.grow", null, line.name ?? sku, line.variations && h("small", null, ` ${line.variations.map(({ value }) => value).join(", ")}`),
        line.problem && h("small.bad", null, ` ${words(line.problem)}${line.problem === "out_of_stock" ? `: ${line.available} there` : ""}`)),
      h("input.count", { type: "number", min: 1, max: 10000, value: line.quantity, "aria-label": `Units of ${line.name ?? sku} in the cart`, onchange: put }),
      line.unit_price && money(line.unit_price, line.currency),
      h("button.small", { type: "button", "aria-label": `Take ${line.name ?? sku} out`, onclick: () => tried(() => basket().take(sku), refresh) }, "×"),
    );
  };
  return [
    h("ul.cart", null, cart.lines.map(row)),
    checkout(cart.quote, refresh, (order) => place(order, cart, refresh)),
    cart.problem && problem(cart.problem),
    cart.problems?.length > 0 && h("ul.problem", null, cart.problems.map(({ detail, code }) => h("li", null, detail, " ", h("code", null, code)))),
    cart.quote && costs(cart.quote),
  ];
}

function costs({ subtotal, discount_amount: discount, delivery_charge: delivery, shipping_method_name: way, taxes, total_amount: total, currency, prices_include_tax: included, estimated_delivery: due }) {
  return h("div", { "data-key": "costs" }, facts(
    ["Goods", money(subtotal, currency)],
    /[1-9]/.test(discount) && ["Discount", money(`−${discount}`, currency)],
    [way, money(delivery, currency)],
    ...taxes.map((tax) => [`${tax.name}${included ? ", included" : ""}`, money(tax.amount, currency)]),
    ["Total", h("strong", null, money(total, currency))],
    ["Should arrive", day(due)],
  ));
}

async function place(order, cart, refresh) {
  const guest = who() === "guest";
  const body = { ...order, ...basket().ordered(cart), ...(cart.quote && { expected_total: cart.quote.total_amount }) };
  try {
    const placed = await change("POST", guest ? "/guest/orders" : "/orders", { body, key: placing([who(), cart.cart_id, body]) });
    keepPage(placed);
    basket().placed();
    if (guest && placed.order_token) take("guest", placed.order_token);
    location.hash = guest ? "#/guest" : `#/orders/${placed.order_id}`;
  } catch (error) {
    failed(error);
    // An order whose payment was declined is there all the same.
    const id = error.body?.order?.order_id;
    if (id && !guest) location.hash = `#/orders/${id}`;
    else refresh();
  }
}

async function tried(action, refresh) {
  try {
    await action();
  } catch (error) {
    failed(error);
  }
  await refresh();
}
