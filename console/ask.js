// A dialog that asks for what an action needs, and stays with what was typed if the API refuses it.

import { h } from "./dom.js";
import { button, problem } from "./parts.js";

/**
 * Opens a dialog. `fields` are `{name, label, type, value, options, min, max, required, hint}`; `run` gets what was filled
 * in by name, without what was left empty, and throws to keep the dialog open. The promise gives its result, or null
 * if the reader changed their mind.
 */
export function ask({ title, intro, fields, submit, run, extra }) {
  return new Promise((resolve) => {
    let result = null;
    const errors = h("div", { role: "alert" });
    const send = h("button.main", { type: "submit" }, submit);
    const form = h("form", { onsubmit }, fields.map((one) => field(one, "ask")), extra, errors, h("div.bar", null, send, button("Cancel", () => dialog.close())));
    const dialog = h("dialog", { "aria-labelledby": "ask-title" }, h("h2", { id: "ask-title" }, title), intro && h("p", null, intro), form);
    async function onsubmit(event) {
      event.preventDefault();
      if (send.disabled) return;
      send.disabled = true;
      errors.replaceChildren();
      try {
        result = (await run(values(form, fields))) ?? true;
        dialog.close();
      } catch (error) {
        errors.replaceChildren(problem(error));
      }
      send.disabled = false;
    }
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled control. `scope` tells the dialog's from the page's. */
export function field({ name, label, type = "text", value, options, min, max, required, hint, list }, scope = "page") {
  const id = `${scope}-${name.replaceAll(" ", "-")}`;
  const common = { id, name, required, "aria-describedby": hint && `${id}-hint` };
  const control =
    type === "select" ? h("select", common, options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)))
    : type === "area" ? h("textarea", { ...common, rows: 3 }, value ?? "")
    : type === "check" ? h("input", { ...common, type: "checkbox", checked: value })
    : h("input", { ...common, type, value, min, max, step: type === "number" ? 1 : null, list, autocomplete: "off" });
  return h(`div.field.${type}`, { "data-key": name }, h("label", { for: id }, label), control, hint && h("small", { id: `${id}-hint` }, hint));
}

function values(form, fields) {
  const found = {};
  for (const { name, type } of fields) {
    const control = form.elements[name];
    const value = type === "check" ? control.checked : control.value.trim();
    if (value === "" || value === false) continue;
    found[name] = type === "number" ? Number.parseInt(value, 10) : value;
  }
  return found;
}
