// The store's settings and warehouses, to read.

import { read } from "../api.js";
import { h } from "../dom.js";
import { panel, raw, time, words } from "../parts.js";

export const settings = {
  every: 15_000,

  async load() {
    const [settings, warehouses] = await Promise.all([read("/admin/settings"), read("/admin/warehouses")]);
    return { settings, warehouses: warehouses.warehouses };
  },

  draw({ settings, warehouses }) {
    const { version, updated_at: at, ...rest } = settings;
    const plain = Object.entries(rest).filter(([, value]) => value === null || typeof value !== "object");
    const parts = Object.entries(rest).filter(([, value]) => value !== null && typeof value === "object");
    return h(
      "div", null,
      h("h1", null, "Settings"),
      h("p.soft", null, `Version ${version}`, at && [", since ", time(at)], ". Each order keeps the version of its placement."),
      h("div.columns", null,
        panel("store", "Store", shown(Object.fromEntries(plain))),
        parts.map(([name, value]) => panel(name, heading(name), shown(value))),
        panel("warehouses", "Warehouses", shown(warehouses))),
      raw("json", "Settings as JSON, as PUT takes them", settings),
    );
  },
};

const heading = (name) => words(name).replace(/^./, (first) => first.toUpperCase());

/** Any JSON for people: objects as names and values, lists of plain values in a line. */
function shown(value) {
  if (value === null || value === undefined) return h("span.soft", null, "none");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return h("dl.tree", null, Object.entries(value).map(([name, inner]) => h("div", null, h("dt", null, words(name)), h("dd", null, shown(inner)))));
  if (value.length === 0) return h("span.soft", null, "all");
  if (value.every((one) => typeof one !== "object")) return value.join(", ");
  return h("ol.tree", null, value.map((one) => h("li", null, flat(one) ? inline(one) : shown(one))));
}

const flat = (value) => Object.values(value).every((one) => one === null || typeof one !== "object" || (Array.isArray(one) && one.every((inner) => typeof inner !== "object")));

/** An object without others in it, in a line. */
function inline(value) {
  return Object.entries(value).map(([name, one]) => h("span.pair", null, h("span.soft", null, words(name)), " ", shown(one)));
}
