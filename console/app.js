// Where the reader is, and keeping it fresh.

import { arrive, renew, token, who } from "./session.js";
import { TWIN } from "./config.js";
import { h } from "./dom.js";
import { morph } from "./morph.js";
import { moved } from "./notice.js";
import { problem } from "./parts.js";
import { switcher, tokenForm } from "./who.js";
import { orders } from "./views/orders.js";
import { order } from "./views/order.js";
import { shop } from "./views/shop.js";
import { stock } from "./views/stock.js";
import { settings } from "./views/settings.js";
import { mails } from "./views/mails.js";
import { queues } from "./views/queues.js";

/** The views by the first part of the address: who they are for, and whether they are of the twin alone. */
const VIEWS = {
  shop: { view: shop, name: "Shop", roles: ["customer", "guest"] },
  orders: { view: orders, name: "Orders", roles: ["customer", "staff"], one: order },
  guest: { view: order, name: "Order", roles: ["guest"] },
  stock: { view: stock, name: "Stock", roles: ["staff"] },
  settings: { view: settings, name: "Settings", roles: ["staff"] },
  mails: { view: mails, name: "Mails", twin: true },
  queues: { view: queues, name: "Queues", twin: true },
};
const HOME = { customer: "orders", staff: "orders", guest: "guest" };
const offered = ({ roles, twin }) => (roles?.includes(who()) ?? true) && (!twin || TWIN !== undefined);

const main = document.getElementById("main");
let place, timer, round = 0;

/** `#/orders/ord_1?status=shipped`, taken apart. */
function here() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  const known = Object.hasOwn(VIEWS, name) && offered(VIEWS[name]) ? name : HOME[who()];
  const id = known === name ? rest[0] : undefined;
  const { view, one } = VIEWS[known];
  return { name: known, id, query: new URLSearchParams(known === name ? query : ""), view: id && one ? one : view };
}

/** Draws where the reader is, from what there is now. What was asked for before the reader went on is dropped. */
async function refresh() {
  clearTimeout(timer);
  const current = ++round;
  const { view, name } = place;
  const needsToken = token() === null && !(name === "shop" && who() === "guest") && !VIEWS[name].twin;
  if (needsToken) {
    state("no token", "idle");
    show(tokenForm(navigate));
    return;
  }
  try {
    const data = await view.load(place);
    if (current !== round) return;
    show(view.draw(data, place, refresh));
    state("live", "ok");
  } catch (error) {
    if (current !== round) return;
    // What is no answer of the API is a fault of this page.
    if (error.status === undefined) console.error(error);
    show(problem(error));
    state(error.status === 0 ? "no answer, trying again" : "refused", "bad");
  }
  if (document.hidden) state("paused", "idle");
  else timer = setTimeout(refresh, view.every);
}

function show(content) {
  const inside = main.contains(document.activeElement);
  const kind = content.className === "problem" ? "problem" : place.key;
  morph(main, h("main", { id: "main", tabindex: "-1" }, h("div.view", { "data-key": kind }, content)));
  // A button that is gone by what it did leaves the focus near where it was.
  if (inside && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  const heading = main.querySelector("h1")?.textContent;
  document.title = heading ? `${heading} · Orders` : "Orders";
}

function state(text, tone) {
  const node = document.getElementById("state");
  if (node.textContent !== text) node.textContent = text;
  node.className = tone;
}

function navigation() {
  const link = ([name, { name: text }]) => h("a", { href: `#/${name}`, "aria-current": name === place.name ? "page" : null }, text);
  const nav = document.getElementById("nav");
  morph(nav, h("nav", { id: "nav", "aria-label": "Views" }, Object.entries(VIEWS).filter(([, entry]) => offered(entry)).map(link)));
  const group = document.getElementById("who");
  morph(group, h("div", { id: "who", role: "group", "aria-label": "Who is looking" }, switcher(navigate)));
}

/** Goes where the address says. */
function navigate() {
  const before = place?.key;
  place = here();
  // A view that has a list beside what is open stays.
  place.key = [who(), place.name, place.view === VIEWS[place.name].view ? "" : place.id].join(" ");
  navigation();
  if (before !== undefined && before !== place.key) {
    moved();
    show(h("p.empty", null, "loading"));
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  return refresh();
}

const arrived = arrive();
await renew().catch(() => false);
addEventListener("hashchange", navigate);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return refresh();
  clearTimeout(timer);
  return state("paused", "idle");
});
if (!arrived && location.hash === "") history.replaceState(null, "", `#/${HOME[who()]}`);
navigate();
