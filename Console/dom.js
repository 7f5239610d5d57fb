// Elements without markup: every text from outside becomes a text node.

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, any> | null} [properties] `onclick` and the like are listeners, `value` and `checked` properties,
 *   all others attributes; `null`, `undefined` and `false` are left out
 * @param {...any} children elements and texts, nested at will
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

/** Appends elements and texts, nested at will. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child != null && child !== false) element.append(child);
  }
  return element;
}

/** Replaces everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** Changes a text only if it differs, so that screen readers and selections are not disturbed. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A text from outside. Its direction is its own, and does not spread to what surrounds it. */
export function foreign(text, properties) {
  return h("bdi", { dir: "auto", ...properties }, String(text ?? ""));
}

/** A button. */
export function button(text, onclick, properties) {
  return h("button", { type: "button", onclick, ...properties }, text);
}

/** A field with its label. The control gets the label's id. */
export function labelled(text, control, hint) {
  control.id ||= freshID("field");
  const label = h("label", { for: control.id }, text);
  if (!hint) return h("div", { class: "field" }, label, control);
  const note = h("p", { class: "hint", id: `${control.id}-hint` }, hint);
  control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, label, control, note);
}

let last = 0;

/** An id that no other element has. */
export function freshID(stem) {
  last += 1;
  return `${stem}-${last}`;
}

/** A choice among words, or among pairs of value and text. */
export function select(options, value, properties) {
  const list = options.map((option) => {
    const [own, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value: own, selected: own === value }, text);
  });
  return h("select", properties, list);
}

/** A table in a frame that scrolls on narrow screens. */
export function table(caption, heads, body) {
  const cells = heads.map((head) =>
    h("th", { scope: "col", class: head.number ? "number" : null }, head.text ?? head),
  );
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", null, h("caption", { class: "unseen" }, caption), h("thead", null, h("tr", null, cells)), body),
  );
}

/** Tells screen readers what has happened. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}

/**
 * Asks a question in a dialog.
 * @returns {Promise<boolean>} whether the answer was yes
 */
export function confirm(title, content, yes, properties) {
  return new Promise((resolve) => {
    const heading = h("h2", { id: freshID("title") }, title);
    const dialog = h(
      "dialog",
      { "aria-labelledby": heading.id },
      heading,
      content,
      h(
        "div",
        { class: "actions" },
        button(yes, () => dialog.close("yes"), { class: "main", ...properties }),
        button("Cancel", () => dialog.close("")),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
