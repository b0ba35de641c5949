// Nodes from data. Data becomes text or an attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("button.main", {type: "button", onclick}, "text", node, null)`. Lists of children are taken apart. */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length > 0) node.className = classes.join(" ");
  return filled(node, props, children);
}

/** The same for what is drawn. */
export function s(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElementNS(SVG, name);
  if (classes.length > 0) node.setAttribute("class", classes.join(" "));
  return filled(node, props, children);
}

function filled(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
