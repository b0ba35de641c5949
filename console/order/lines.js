// What was ordered, and what became of every unit.

import { h, s } from "../dom.js";
import { money, panel, table } from "../parts.js";

/** Where a line's units are; together they are all that was ordered. */
export function unitsOf(line) {
  const { quantity, cancelled_quantity: off = 0, packed_quantity: packed = 0, shipped_quantity: left = 0, delivered_quantity: there = 0 } = line;
  return { open: quantity - off - packed - left, packed, shipped: left - there, delivered: there, cancelled: off };
}

export const nameOf = (line) => [line.name, line.variations?.map(({ value }) => value).join(", ")].filter(Boolean).join(", ");

export function lines({ lines, currency }) {
  const count = (state) => [state, (line) => number(unitsOf(line)[state]), "num"];
  const back = lines.some((line) => line.returning_quantity || line.returned_quantity);
  const columns = [
    ["Line", (line) => [line.name, line.variations && h("small", null, ` ${line.variations.map(({ value }) => value).join(", ")}`), bar(line)]],
    ["ordered", (line) => String(line.quantity), "num"],
    ...["open", "packed", "shipped", "delivered", "cancelled"].map(count),
    ...(back ? [["coming back", (line) => number(line.returning_quantity), "num"], ["came back", (line) => number(line.returned_quantity), "num"]] : []),
    ["price", (line) => line.unit_price, "num"],
    ["total", (line) => money(line.total_price, currency), "num"],
  ];
  return panel("lines", "Lines", table("Lines", columns, lines, (line) => line.line_id));
}

const number = (count) => (count ? String(count) : h("span.soft", null, "0"));

/** The units of a line as one bar. */
function bar(line) {
  let x = 0;
  const pieces = Object.entries(unitsOf(line)).filter(([, count]) => count > 0).map(([state, count]) => {
    const piece = s(`rect.${state}`, { x, y: 0, width: count, height: 1 });
    x += count;
    return piece;
  });
  return s("svg.units", { viewBox: `0 0 ${line.quantity} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, pieces);
}
