// Mails that the twin's SES took.

import { local } from "../api.js";
import { TWIN } from "../config.js";
import { h } from "../dom.js";
import { empty, factsInline, panel, plural, tag, time } from "../parts.js";

export const mails = {
  every: 4000,

  load: () => local("mails"),

  draw(all, { id }) {
    const newest = all.toReversed();
    const open = newest.find((mail) => mail.id === id) ?? newest[0];
    const row = (mail) =>
      h("li", { "data-key": mail.id }, h("a", { href: `#/mails/${encodeURIComponent(mail.id)}`, "aria-current": mail === open ? "true" : null },
        h("strong", { dir: "auto" }, mail.subject), h("span", null, mail.to.join(", ")), h("span.line", null, time(mail.sent_at), mail.outcome !== "delivered" && tag(mail.outcome, "bad"))));
    return h(
      "div", null,
      h("h1", null, "Mails"),
      open === undefined ? empty("No mails yet.")
      : h("div.split", null, panel("list", plural(all.length, "mail"), h("ul.list", null, newest.map(row))), shown(open)),
    );
  },
};

function shown(mail) {
  return panel(
    `mail-${mail.id}`, h("span", { dir: "auto" }, mail.subject),
    factsInline(["From", mail.from], ["To", mail.to.join(", ")], ["Sent", time(mail.sent_at)], ["Outcome", tag(mail.outcome, mail.outcome === "delivered" ? "ok" : "bad")]),
    mail.html !== null && h("iframe", { src: `${TWIN}/mails/${encodeURIComponent(mail.id)}/html`, sandbox: "", title: "The mail as HTML" }),
    mail.text !== null && h("details.raw", { open: mail.html === null, "data-key": "text" }, h("summary", null, "As text, with its links"), h("pre.mail", { dir: "auto", tabindex: "0" }, linked(mail.text))),
  );
}

/** The text, with its addresses as links. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) => (index % 2 === 1 ? h("a", { href: part, target: "_blank", rel: "noopener" }, part) : part));
}
