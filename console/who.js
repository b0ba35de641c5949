// The switch between customer, staff and a guest's link, and where a token is typed in.

import { TWIN } from "./config.js";
import { h } from "./dom.js";
import { ask, field } from "./ask.js";
import { become, claims, forget, take, token, who } from "./session.js";

const NAMES = { customer: "Customer", staff: "Staff", guest: "Guest link" };
const HINTS = {
  customer: "A JWT of the issuer that the API trusts. With the scope orders:admin it is staff's.",
  staff: "A JWT with the scope orders:admin.",
  guest: "The link of a guest's mail, or the token in it.",
};

/** The buttons of the header. */
export function switcher(navigate) {
  const role = (name) => {
    const subject = name !== "guest" && token(name) ? claims(token(name)).sub : null;
    const onclick = () => {
      become(name);
      navigate();
    };
    return h("button", { type: "button", "data-key": name, "aria-pressed": String(who() === name), onclick }, NAMES[name], subject && h("small", null, ` ${subject}`));
  };
  return [...Object.keys(NAMES).map(role), h("button", { type: "button", "data-key": "token", onclick: () => change(navigate) }, "Token…")];
}

async function change(navigate) {
  const role = who();
  const forgotten = await ask({
    title: role === "guest" ? "A guest's link" : `Token of ${NAMES[role].toLowerCase()}`,
    intro: TWIN === undefined ? "It stays in this tab and is forgotten with it. Left empty, it is forgotten now." : "It stays in this tab. Left empty, the twin's own is taken again.",
    fields: [{ name: "token", label: role === "guest" ? "Link or token" : "Token", type: "area", value: "", hint: HINTS[role] }],
    submit: "Use it",
    run: async ({ token }) => (token === undefined ? forget(role) : take(role, token)),
  });
  if (forgotten === null) return;
  // The twin's own come back with the page.
  if (token(role) === null && TWIN !== undefined) location.reload();
  navigate();
}

/** What is shown instead of a view that needs a token. */
export function tokenForm(navigate) {
  const role = who();
  const onsubmit = (event) => {
    event.preventDefault();
    take(role, event.target.elements.token.value);
    navigate();
  };
  const label = role === "guest" ? "Link or token" : "Token";
  return h(
    "form.panel.narrow", { onsubmit, "data-key": "token" },
    h("h1", null, role === "guest" ? "Open a guest's order" : "Who are you?"),
    field({ name: "token", label, type: "area", required: true, hint: HINTS[role] }),
    h("div.bar", null, h("button.main", { type: "submit" }, "Open")),
  );
}
