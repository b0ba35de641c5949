// What is to be bought: the API's cart of a customer, or a list in this tab of somebody without an account.

import { change, read } from "./api.js";
import { who } from "./session.js";

const LINES = "orders.basket";

/** Today's basket. */
export const basket = () => (who() === "guest" ? ofGuest : ofCustomer);

const ofCustomer = {
  read({ country, postal_code, shipping_method, coupon_code }) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ country, postal_code, shipping_method, coupon_code })) if (value) query.set(name, value);
    return read(`/cart?${query}`);
  },
  put: (sku, quantity) => change("PUT", `/cart/lines/${encodeURIComponent(sku)}`, { body: { quantity } }),
  take: (sku) => change("DELETE", `/cart/lines/${encodeURIComponent(sku)}`),
  ordered: (cart) => ({ cart_id: cart.cart_id }),
  placed() {},
};

const kept = () => JSON.parse(sessionStorage.getItem(LINES) ?? "[]");
const keep = (lines) => sessionStorage.setItem(LINES, JSON.stringify(lines));
const named = (sku) => {
  const [product_id, variation_id] = sku.split(":");
  return variation_id === undefined ? { product_id } : { product_id, variation_id };
};
const skuOf = ({ product_id: product, variation_id: variation }) => (variation ? `${product}:${variation}` : product);

const ofGuest = {
  /** Its price is a dry run of the order. */
  async read({ order }) {
    const lines = kept();
    if (lines.length === 0) return { lines };
    try {
      const quote = await change("POST", "/guest/orders?dry_run=true", { body: { ...order, lines } });
      return { lines: quote.lines, quote };
    } catch (problem) {
      if (!problem.status) throw problem;
      return { lines, problem };
    }
  },
  async put(sku, quantity) {
    const lines = kept();
    const line = lines.find((one) => skuOf(one) === sku);
    if (line) line.quantity = quantity;
    else lines.push({ ...named(sku), quantity });
    keep(lines);
  },
  async take(sku) {
    keep(kept().filter((line) => skuOf(line) !== sku));
  },
  ordered: () => ({ lines: kept() }),
  placed: () => keep([]),
};
