// Who is looking, and with which token. Tokens stay in this tab's session storage.

import { TWIN } from "./config.js";

const ROLES = ["customer", "staff", "guest"];
const stored = (name) => sessionStorage.getItem(`orders.${name}`);
const store = (name, value) => (value === null ? sessionStorage.removeItem(`orders.${name}`) : sessionStorage.setItem(`orders.${name}`, value));

/** `customer`, `staff` or `guest`. */
export const who = () => (ROLES.includes(stored("who")) ? stored("who") : "customer");
/** Their token: a JWT, or a guest's token of one order. Null if there is none yet. */
export const token = (role = who()) => stored(role);

/** Takes another role. */
export function become(role) {
  store("who", role);
}

/** Keeps a token that was typed in, or a link that it is in. A JWT with staff's scope makes its owner staff. */
export function take(role, text) {
  const given = text.trim().replace(/^Bearer\s+/i, "");
  const linked = /[?&]order_token=([^&#]+)/.exec(given)?.[1] ?? given.split("/").pop();
  const value = role === "guest" ? decodeURIComponent(linked) : given;
  const kind = role === "guest" ? "guest" : claims(value).scope?.split(" ").includes("orders:admin") ? "staff" : "customer";
  store(kind, value);
  store(`${kind}.typed`, "yes");
  become(kind);
}

/** Forgets a role's token. */
export function forget(role) {
  store(role, null);
  store(`${role}.typed`, null);
}

/** What a JWT says of its owner. Nothing here trusts it; the API does the checking. */
export function claims(jwt) {
  try {
    const payload = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (char) => char.codePointAt(0))));
    return claims !== null && typeof claims === "object" ? claims : {};
  } catch {
    return {};
  }
}

/** Fetches the twin's tokens anew, unless others were typed in. Whether the caller's may have changed. */
export async function renew() {
  if (TWIN === undefined) return false;
  const answer = await fetch(`${TWIN}/tokens`, { cache: "no-store" });
  if (!answer.ok) return false;
  const { customer, admin } = await answer.json();
  if (!stored("customer.typed")) store("customer", customer.token);
  if (!stored("staff.typed")) store("staff", admin.token);
  return who() !== "guest" && !stored(`${who()}.typed`);
}

/** Takes a guest's token out of the page's address, where a mail's link has it. Whether there was one. */
export function arrive() {
  const given = new URLSearchParams(location.search).get("order_token");
  if (given === null) return false;
  take("guest", given);
  history.replaceState(null, "", `${location.pathname}#/guest`);
  return true;
}
