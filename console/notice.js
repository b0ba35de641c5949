// What came of the last thing that was asked for, where everybody sees and hears it.

import { h } from "./dom.js";
import { button, problem } from "./parts.js";

let timer;
let since = 0;

function put(kind, content) {
  clearTimeout(timer);
  since = Date.now();
  const close = button("Close", clear);
  document.getElementById("notice").replaceChildren(h(`div.note.${kind}`, null, h("div", null, content), close));
}

function clear() {
  clearTimeout(timer);
  document.getElementById("notice").replaceChildren();
}

/** The reader went elsewhere: what was said before that is over. What made them go stays. */
export function moved() {
  if (Date.now() - since > 1000) clear();
}

/** Says that something was done; for a while. */
export function done(text) {
  put("ok", text);
  timer = setTimeout(clear, 6000);
}

/** Shows an error, until it is closed or something else is said. */
export function failed(error) {
  put("bad", problem(error));
}
