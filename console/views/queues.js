// What waits in the twin's queues.

import { local } from "../api.js";
import { h } from "../dom.js";
import { panel, plural, table, tag, time } from "../parts.js";

export const queues = {
  every: 2000,

  load: () => local("queues"),

  draw(all) {
    const now = Date.now();
    const ready = ({ messages }) => messages.filter((message) => Date.parse(message.visible_at) <= now).length;
    const count = (queue) => (queue.messages.length === 0 ? h("span.soft", null, "empty") : tag(plural(queue.messages.length, "message"), queue.dead_letters ? "bad" : "go"));
    const columns = [
      ["Queue", ({ name }) => h("code", null, name)],
      ["Kind", (queue) => (queue.dead_letters ? "dead letters" : "work")],
      ["Waiting", count],
      ["Ready now", (queue) => String(ready(queue)), "num"],
      ["Delayed or in flight", (queue) => String(queue.messages.length - ready(queue)), "num"],
    ];
    return h(
      "div", null,
      h("h1", null, "Queues"),
      h("section.panel", { "aria-label": "All queues", "data-key": "all" }, table("Queues", columns, all, ({ name }) => name)),
      all.filter(({ messages }) => messages.length > 0).map((queue) => panel(queue.name, queue.name, h("ul.list", null, queue.messages.map(message)))),
    );
  },
};

function message({ id, body, receive_count: received, sent_at: sent, visible_at: visible }) {
  return h(
    "li", { "data-key": id },
    h("p.line", null, h("span", null, "sent ", time(sent)), h("span", null, "visible ", time(visible)), h("span", null, `received ${received}×`)),
    h("pre", null, body),
  );
}
