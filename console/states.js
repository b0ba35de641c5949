// The map of an order's states (docs/state-machine.md), with the way that it went.

import { h, s } from "./dom.js";
import { words } from "./parts.js";

/** The way of an order that all goes well with. */
const CHAIN = ["pending", "confirmed", "preparing", "packed", "shipped", "delivered"];
/** The other ways from state to state: forward past some, back to be planned anew, and off. */
const PAST = [["confirmed", "shipped"], ["preparing", "shipped"], ["confirmed", "delivered"], ["preparing", "delivered"], ["packed", "delivered"]];
const BACK = [["preparing", "confirmed"], ["packed", "confirmed"], ["packed", "preparing"]];
const OFF = ["pending", "confirmed", "preparing", "packed"];

/** Lying and standing: the second is for narrow screens. `at` makes a point of how far along and how far aside. */
const LYING = { name: "lying", width: 800, height: 190, step: 134, first: 62, along: 50, across: 15, off: -66, at: (along, aside) => [along, 92 - aside] };
const STANDING = { name: "standing", width: 300, height: 330, step: 58, first: 24, along: 15, across: 50, off: -112, at: (along, aside) => [166 + aside, along] };

/** The states that an order came through, oldest first, by the entries of its timeline. */
export function trail(order) {
  const states = ["placed", ...CHAIN.slice(1), "cancelled"];
  const entries = order.timeline.filter(({ type }) => states.includes(type)).map(({ type, at }) => ({ state: type === "placed" ? "pending" : type, at }));
  // What is left is planned anew when a part has left; the order stays where it was.
  const steps = entries.filter(({ state }, index) => state !== entries[index - 1]?.state);
  // A part that was called off can take an order back, or be the last that was missing.
  if (steps.at(-1)?.state !== order.status) steps.push({ state: order.status, at: order.updated_at });
  return steps;
}

/** The map, for wide screens and for narrow ones. */
export function stateMap(order) {
  const steps = trail(order);
  const went = new Set(steps.slice(1).map((step, index) => `${steps[index].state} ${step.state}`));
  const label = `State: ${words(order.status)}. The way so far: ${steps.map(({ state }) => words(state)).join(", ")}.`;
  return h("div.map", { "data-key": "map" }, [LYING, STANDING].map((plan) => drawn(plan, order.status, steps, went, label)));
}

function drawn(plan, current, steps, went, label) {
  const { width, height, step, first, along, across, at } = plan;
  const centre = (state) => (state === "cancelled" ? [first + step * 4, plan.off] : [first + step * CHAIN.indexOf(state), 0]);
  const point = (away, aside) => at(away, aside).join(" ");
  const way = (from, to, path) => s("path", { d: path, class: `way${went.has(`${from} ${to}`) ? " went" : ""}`, "marker-end": `url(#${plan.name}-${went.has(`${from} ${to}`) ? "went" : "way"})` });
  const next = (from, to) => way(from, to, `M${point(centre(from)[0] + along, 0)} L${point(centre(to)[0] - along - 3, 0)}`);
  /** From one side of a box, in a bow, to the same side of another. */
  const bow = ([from, to], side, shift) => {
    const [a, b] = [centre(from)[0] + shift, centre(to)[0] - shift];
    const high = side * (across + 9 + (Math.abs(b - a) / step) * (side > 0 ? 15 : 9));
    return way(from, to, `M${point(a, side * across)} C${point(a, high)} ${point(b, high)} ${point(b, side * (across + 3))}`);
  };
  const off = (from) => {
    const [far] = centre("cancelled");
    return way(from, "cancelled", `M${point(centre(from)[0], -across)} L${point(centre(from)[0], plan.off)} L${point(far - along - 3, plan.off)}`);
  };
  const box = (state) => {
    const passed = steps.findLast((one) => one.state === state);
    const [x, y] = at(...centre(state));
    const kind = state === current ? "now" : passed ? "passed" : "ahead";
    return s("g", { class: `state ${kind} ${state}` }, passed && s("title", null, `${words(state)}, ${passed.at}`), s("rect", { x: x - 50, y: y - 15, width: 100, height: 30, rx: 6 }), s("text", { x, y: y + 4 }, words(state)));
  };
  const tip = (kind) => s("marker", { id: `${plan.name}-${kind}`, class: `tip ${kind}`, viewBox: "0 0 6 6", refX: 4, refY: 3, markerWidth: 6, markerHeight: 6, orient: "auto-start-reverse" }, s("path", { d: "M0 0L6 3L0 6z" }));
  // What was gone is drawn last, above the rest.
  const ways = [...PAST.map((pair) => bow(pair, 1, 8)), ...BACK.map((pair) => bow(pair, -1, -18)), ...OFF.map(off), ...CHAIN.slice(1).map((to, index) => next(CHAIN[index], to))];
  ways.sort((a, b) => a.classList.contains("went") - b.classList.contains("went"));
  return s(`svg.${plan.name}`, { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, s("defs", null, tip("way"), tip("went")), ways, [...CHAIN, "cancelled"].map(box));
}
