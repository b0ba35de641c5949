// What was agreed, what was paid, and every movement since.

import { TWIN } from "../config.js";
import { local } from "../api.js";
import { h } from "../dom.js";
import { done, failed } from "../notice.js";
import { button, facts, money, panel, table, tag, time, words } from "../parts.js";
import { refundButtons } from "./actions.js";

const some = (amount) => /[1-9]/.test(amount);

export function amounts(order) {
  const { subtotal, discount_amount: discount, delivery_charge: delivery, shipping_method_name: way, taxes, total_amount: total, currency, prices_include_tax: included } = order;
  return panel("amounts", "Amounts", facts(
    ["Goods", money(subtotal, currency)],
    some(discount) && ["Discount", money(`−${discount}`, currency)],
    [way, money(delivery, currency)],
    ...taxes.map((tax) => [`${tax.name}${included ? ", included" : ""}`, money(tax.amount, currency)]),
    ["Total", h("strong", null, money(total, currency))],
    ["Bill", order.bill_number],
  ));
}

export function payments(context) {
  const { order, refresh } = context;
  const { payment, currency, order_id: id } = order;
  const page = sessionStorage.getItem(`orders.page.${id}`);
  const refund = (one) => h(
    "li", { "data-key": one.refund_id },
    h("p.line", null, money(one.amount, currency), tag(one.status), h("span", null, words(one.cause)), time(one.updated_at)),
    one.failure_code && h("p.bad", null, words(one.failure_code)),
    one.reason && h("p.soft", null, one.reason),
    refundButtons(context, one),
  );
  return panel(
    "payment", "Payment",
    facts(
      ["Method", payment.method], ["State", [tag(payment.status), payment.failure_code && h("small.bad", null, ` ${words(payment.failure_code)}`)]],
      some(payment.authorized_amount) && ["Reserved", money(payment.authorized_amount, currency)],
      ["Taken", money(payment.captured_amount, currency)], ["Given back", money(payment.refunded_amount, currency)], ["Balance", money(payment.balance, currency)],
      payment.pay_until && payment.status === "unpaid" && ["Held until", time(payment.pay_until)],
      ["At Stripe", payment.payment_intent_id && h("code", null, payment.payment_intent_id)],
    ),
    payment.requires_action && /^https?:/.test(page) && h("a.button", { href: page, target: "_blank", rel: "noopener" }, "Pay at the provider's page"),
    payment.requires_action && TWIN !== undefined && payment.payment_intent_id && payment.method === "card" && bank(payment.payment_intent_id, refresh),
    payment.disputes?.map(({ dispute_id: key, amount, reason, status }) => h("p.line", { "data-key": key }, "Dispute ", tag(status), money(amount, currency), words(reason))),
    payment.refunds.length > 0 && [h("h3", null, "Refunds"), h("ul.list", { "aria-label": "Refunds" }, payment.refunds.map(refund))],
  );
}

/** The twin's bank asks the customer. */
function bank(intent, refresh) {
  const answer = async (ok) => {
    try {
      await local(`payments/${encodeURIComponent(intent)}/authenticate?ok=${ok}`, "POST");
      done(ok ? "The bank has seen the customer." : "The bank refused.");
    } catch (error) {
      failed(error);
    }
    refresh();
  };
  return h("div.bar", { "data-key": "bank" }, h("span", null, "The bank asks the customer:"), button("Approve", () => answer(true), "main"), button("Refuse", () => answer(false)));
}

export function ledger(books) {
  const { currency, entries } = books;
  const columns = [
    ["#", ({ sequence }) => String(sequence), "num"],
    ["When", ({ at }) => time(at)],
    ["Movement", (entry) => [h("strong", null, words(entry.kind)), (entry.cause || entry.reason) && h("small", null, ` ${[entry.cause && words(entry.cause), entry.reason].filter(Boolean).join(": ")}`)]],
    ["Amount", ({ amount }) => money(amount, currency), "num"],
    ["Balance after", ({ balance }) => money(balance, currency), "num"],
  ];
  const sums = [["Owed", "owed_amount"], ["Reserved", "authorized_amount"], ["Taken", "captured_amount"], ["To go back", "pending_refund_amount"], ["Gone back", "refunded_amount"], ["Disputed", "disputed_amount"], ["Can be given back", "refundable_amount"], ["Balance", "balance"]];
  return panel("ledger", "Ledger", table("Ledger", columns, entries, (entry) => `${entry.sequence} ${entry.kind} ${entry.refund_id ?? ""}`), facts(...sums.map(([name, field]) => [name, money(books[field], currency)])));
}
