// What was sent back, or is to be.

import { h } from "../dom.js";
import { empty, facts, money, panel, tag, time, words } from "../parts.js";
import { returnButtons } from "./actions.js";
import { nameOf } from "./lines.js";

export function returns(context) {
  const { order, sent } = context;
  const named = ({ line_id: id, quantity }) => `${quantity} × ${nameOf(order.lines.find((one) => one.line_id === id) ?? { name: `line ${id}` })}`;
  const one = (entry) => h(
    "li", { "data-key": entry.return_id },
    h("p.line", null, h("strong", null, `Return ${entry.return_id}`), tag(entry.status), time(entry.updated_at)),
    h("p", null, entry.lines.map(named).join(", ")),
    facts(
      ["Reason", words(entry.reason)], ["Comment", entry.comment && h("span", { dir: "auto" }, entry.comment)], ["Rejected", entry.rejection_reason],
      entry.received && ["Arrived", entry.received.map(({ line_id: id, restocked, scrapped }) => `line ${id}: ${restocked} back in stock, ${scrapped} scrapped`).join("; ")],
      entry.refund && ["Refund", [money(entry.refund.amount, entry.refund.currency), " ", tag(entry.refund.status)]],
    ),
    returnButtons(context, entry),
  );
  return panel("returns", "Returns", sent.returns.length === 0 ? empty("None.") : h("ul.list", null, sent.returns.map(one)));
}
