// Where it goes, by which way, with which coupon, and how it is paid. What was chosen stays in this tab.

import { TWIN } from "./config.js";
import { h } from "./dom.js";
import { field } from "./ask.js";
import { who } from "./session.js";

const KEPT = "orders.checkout";
/** The twin's shop delivers here; elsewhere the customer knows best. */
const DEMO = { name: "Alice Example", street: "Keizersgracht 123", postal_code: "1015 CJ", city: "Amsterdam", country: "NL", contact_email: "alice@example.com", card: "pm_card_visa" };
/** Some of Stripe's test cards (docs.stripe.com/testing). */
const CARDS = ["pm_card_visa", "pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds", "pm_card_authenticationRequired"];
const METHODS = [["card", "card"], ["redirect", "the provider's page"], ["cod", "cash on delivery"], ["later", "later"]];
/** Mails exist in these. */
const LANGUAGES = [["", "as the browser"], ["ar", "العربية"], ["de", "Deutsch"], ["en", "English"], ["es", "español"], ["fr", "français"], ["he", "עברית"], ["nl", "Nederlands"]];
const ADDRESS = ["name", "street", "postal_code", "city", "country"];

const kept = () => ({ method: "card", ...(TWIN === undefined ? {} : DEMO), ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") });
const part = (all, names) => Object.fromEntries(names.filter((name) => all[name]).map((name) => [name, all[name]]));

/** How it is paid, as the API takes it. */
export function payment({ method, card }) {
  if (method === "card") return { method, payment_method_id: card ?? "" };
  if (method === "redirect") return { method, redirect_url: `${location.origin}${location.pathname}` };
  return { method };
}

/** What was chosen, and the order's part of it. */
export function chosen() {
  const all = kept();
  const order = {
    shipping_address: part(all, ADDRESS),
    ...part(all, ["shipping_method", "coupon_code", "language", ...(who() === "guest" ? ["contact_email"] : [])]),
    ...(all.method === "later" ? { create_payment: false } : { payment: payment(all) }),
  };
  return { ...part(all, ["country", "postal_code", "shipping_method", "coupon_code"]), order };
}

/** The fields of how something is paid. */
export const paymentFields = (all = kept()) => [
  { name: "method", label: "Paid by", type: "select", value: all.method, options: METHODS },
  { name: "card", label: "Card", value: all.card, list: "cards", hint: "A payment method of Stripe.js, or one of Stripe's test cards" },
];
/** Cards to choose from. */
export const cards = () => h("datalist", { id: "cards" }, CARDS.map((value) => h("option", { value })));

/** The provider's page is named once; the order's view leads to it. */
export function keepPage({ order_id: id, payment }) {
  if (payment?.payment_url) sessionStorage.setItem(`orders.page.${id}`, payment.payment_url);
}

/** The form. `quote` has the ways to deliver; `place` gets the order. */
export function checkout(quote, refresh, place) {
  const all = kept();
  const ways = quote?.shipping_methods?.map((way) => [way.shipping_method, `${way.name}, ${way.delivery_charge} ${quote.currency}`]);
  // What was chosen before may not lead there: then it can be taken back.
  const before = all.shipping_method && [["", "any"], [all.shipping_method, all.shipping_method]];
  const delivery = ways ? { value: quote.shipping_method, options: ways } : before && { value: all.shipping_method, options: before };
  const fields = [
    { name: "name", label: "Name", value: all.name },
    { name: "street", label: "Street", value: all.street, required: true },
    { name: "postal_code", label: "Postal code", value: all.postal_code },
    { name: "city", label: "City", value: all.city, required: true },
    { name: "country", label: "Country", value: all.country, required: true },
    who() === "guest" && { name: "contact_email", label: "Mail address", type: "email", value: all.contact_email, required: true },
    delivery && { name: "shipping_method", label: "Delivery", type: "select", ...delivery },
    { name: "coupon_code", label: "Coupon", value: all.coupon_code },
    { name: "language", label: "Mails in", type: "select", value: all.language ?? "", options: LANGUAGES },
    ...paymentFields(all),
  ].filter(Boolean);
  const onchange = (event) => {
    const found = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, value.trim()]));
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...found }));
    refresh();
  };
  const onsubmit = (event) => {
    event.preventDefault();
    place(chosen().order);
  };
  const label = quote ? `Place the order for ${quote.total_amount} ${quote.currency}` : "Place the order";
  return h("form.checkout", { onchange, onsubmit, "data-key": "checkout", "aria-label": "Checkout" }, fields.map((one) => field(one)), cards(), h("button.main", { type: "submit" }, label));
}
