// Makes the nodes on the page what was drawn anew, and leaves alone all that is the same: focus, scroll, what was typed
// and what was opened stay. Children with a `data-key` keep their identity, others are matched in order.

const HANDLERS = ["onclick", "onsubmit", "onchange", "oninput"];

/** Changes `old`, which is on the page, into `fresh`. */
export function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  for (const handler of HANDLERS) if (old[handler] !== fresh[handler]) old[handler] = fresh[handler];
  children(old, fresh);
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) {
    // Whether something is open is the reader's.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
}

const keyOf = (node) => node.dataset?.key;
const alike = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

function children(old, fresh) {
  const keys = new Set([...fresh.children].map(keyOf));
  for (const child of [...old.children]) if (keyOf(child) !== undefined && !keys.has(keyOf(child))) child.remove();
  const kept = new Map([...old.children].filter((child) => keyOf(child) !== undefined).map((child) => [keyOf(child), child]));
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = keyOf(child);
    let match = key === undefined ? following(at, child) : kept.get(key);
    if (match && !alike(match, child)) match = undefined;
    if (!match) {
      old.insertBefore(child, at);
      continue;
    }
    // What stood between and has no match is gone.
    while (key === undefined && at !== match) at = removed(at);
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    morph(match, child);
  }
  while (at) at = removed(at);
}

/** The next sibling without a key that can become `child`. */
function following(at, child) {
  for (let node = at; node && keyOf(node) === undefined; node = node.nextSibling) if (alike(node, child)) return node;
  return undefined;
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
