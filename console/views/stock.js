// What the warehouses have.

import { change, keys, read } from "../api.js";
import { ask } from "../ask.js";
import { h } from "../dom.js";
import { done } from "../notice.js";
import { button, empty, table } from "../parts.js";

const ROWS = 20;

export const stock = {
  every: 8000,

  async load({ query }) {
    const asked = new URLSearchParams({ limit: ROWS });
    if (query.get("cursor")) asked.set("cursor", query.get("cursor"));
    const [{ products, next_cursor: next }, { warehouses }] = await Promise.all([read(`/products?${asked}`), read("/admin/warehouses")]);
    const inventories = await Promise.all(products.map((product) => read(`/admin/products/${product.product_id}/stock`)));
    return { products, inventories, warehouses, next };
  },

  draw({ products, inventories, warehouses, next }, place, refresh) {
    const rows = products.flatMap((product, index) => skus(product, inventories[index].stock));
    const columns = [
      ["Product", ({ product, variation }) => [product.name, variation && h("small", null, ` ${describe(product, variation)}`)]],
      ["SKU", ({ sku }) => h("code", null, sku)],
      ...warehouses.map(({ warehouse_id: id, name }) => [name, ({ at }) => units(at.get(id)), "num"]),
      ["", (row) => button("Book…", () => book(row, warehouses, refresh), "small")],
    ];
    return h(
      "div", null,
      h("h1", null, "Stock"),
      h("p.soft", null, "Units that can be ordered in each warehouse, and how many more its orders hold."),
      rows.length > 0 ? table("Stock", columns, rows, ({ sku }) => sku) : empty("No products yet."),
      h("nav.bar", { "aria-label": "Pages" }, place.query.has("cursor") && h("a.button", { href: "#/stock" }, "First page"), next !== null && h("a.button", { href: `#/stock?${new URLSearchParams({ cursor: next })}` }, "Next page")),
    );
  },
};

/** A row for each variation, or for the product if it has none; what is left of others too. */
function skus(product, stock) {
  const named = product.variations.map((variation) => variation.variation_id);
  const left = stock.map((entry) => entry.variation_id);
  const all = new Set([...(named.length > 0 ? named : [undefined]), ...left]);
  return [...all].map((variation) => ({
    product, variation, sku: variation ? `${product.product_id}:${variation}` : product.product_id,
    at: new Map(stock.filter((entry) => entry.variation_id === variation).map((entry) => [entry.warehouse_id, entry])),
  }));
}

function describe(product, variation) {
  const found = product.variations.find((one) => one.variation_id === variation);
  return found ? found.attributes.map(({ value }) => value).join(", ") : variation;
}

function units(entry) {
  if (entry === undefined) return h("span.soft", null, "–");
  const { on_hand: free, held, buckets } = entry;
  return [h("strong", null, String(free)), held > 0 && h("small", null, ` +${held} held`), buckets.length > 1 && h("small", null, ` in ${buckets.length} buckets`)];
}

async function book({ product, variation, sku }, warehouses, refresh) {
  const key = keys();
  await ask({
    title: `Book stock of ${product.name}`,
    intro: sku,
    fields: [
      { name: "warehouse_id", label: "Warehouse", type: "select", options: warehouses.map(({ warehouse_id: id, name }) => [id, name]) },
      { name: "quantity", label: "Units", type: "number", required: true, hint: "That came, or with a minus went." },
      { name: "reason", label: "Reason", required: true },
    ],
    submit: "Book",
    run: async (values) => {
      const body = { ...values, ...(variation && { variation_id: variation }) };
      const now = await change("POST", `/admin/products/${product.product_id}/stock`, { body, key: key(body) });
      done(`${sku}: ${now.on_hand} in ${now.warehouse_id}`);
    },
  });
  refresh();
}
