// The controls of a form of settings. Each has an element, and tells which patch its value needs.

import { append, button, h, labelled, select } from "./dom.js";

/**
 * A control for a setting.
 * @param {{name: string, help: string, kind: string, words?: any[], standard?: string}} setting
 * @param {any} value as the gateway shows it; `undefined` for something new
 * @param {() => void} onChange
 * @returns {{name: string, element: HTMLElement, change: () => any, focus: () => void, fail: (text: string) => void}} `change`
 *   is the member of a merge patch; `undefined` if nothing has changed
 */
export function field(setting, value, onChange) {
  const make = { truth, choice, fields: pairs, values: pairs, fixed }[setting.kind] ?? text;
  const { element, control, change } = make(setting, value, onChange);
  const note = h("p", { class: "bad", role: "alert" });
  append(element, note);
  element.addEventListener("input", () => {
    note.textContent = "";
    control?.removeAttribute("aria-invalid");
    onChange();
  });
  return {
    name: setting.name,
    element,
    change,
    focus: () => control?.focus(),
    fail(message) {
      note.textContent = message;
      control?.setAttribute("aria-invalid", "true");
    },
  };
}

function fixed(setting, value) {
  const control = h("input", { value: value ?? "", readonly: true });
  return { element: labelled(setting.name, control, setting.help), control, change: () => undefined };
}

function truth(setting, value) {
  const initial = value ?? setting.standard === "true";
  const control = h("input", { type: "checkbox", checked: initial });
  return {
    element: labelled(setting.name, control, setting.help),
    control,
    change: () => (control.checked === initial ? undefined : control.checked),
  };
}

function choice(setting, value) {
  const words = setting.words.map((word) => [String(word), word === true ? "yes" : word === false ? "no" : word]);
  const standard = { yes: "true", no: "false" }[setting.standard] ?? setting.standard;
  const known = words.some(([word]) => word === standard) ? standard : setting.standard || words[0][0];
  const initial = value === undefined ? known : String(value);
  const control = select(words, initial);
  return {
    element: labelled(setting.name, control, setting.help),
    control,
    change() {
      if (control.value === initial) return undefined;
      return setting.words.find((word) => String(word) === control.value);
    },
  };
}

/** Text, numbers, durations and sizes. An empty field means the default. */
function text(setting, value) {
  const initial = value == null || value === false ? "" : String(value);
  const isLong = setting.kind === "long";
  const properties = { value: initial, placeholder: setting.standard || null, dir: "auto", spellcheck: "false" };
  if (setting.kind === "number") properties.inputmode = "decimal";
  const control = isLong ? h("textarea", { ...properties, rows: "4" }) : h("input", properties);
  return {
    element: labelled(setting.name, control, setting.help),
    control,
    change() {
      const now = isLong ? control.value : control.value.trim();
      if (now === initial) return undefined;
      if (now === "") return null;
      return setting.kind === "number" && /^\d+(\.\d+)?$/.test(now) ? Number(now) : now;
    },
  };
}

/** Header fields, whose values are texts, or parameters, whose values are JSON. */
function pairs(setting, value) {
  const isFields = setting.kind === "fields";
  const initial = value ?? {};
  const rows = [];
  const list = h("div");
  const show = (one) => (isFields ? one : JSON.stringify(one));

  function add(name, own) {
    const key = h("input", { value: name, "aria-label": `Name in ${setting.name}`, placeholder: "Name", spellcheck: "false" });
    const content = h("input", {
      value: own,
      "aria-label": `Value of ${name || "the new one"} in ${setting.name}`,
      placeholder: isFields ? "Value" : "JSON",
      spellcheck: "false",
      autocomplete: "off",
    });
    const row = { key, content };
    const element = h(
      "div",
      { class: "pair" },
      key,
      content,
      button("Remove", () => {
        rows.splice(rows.indexOf(row), 1);
        element.remove();
        list.dispatchEvent(new Event("input", { bubbles: true }));
      }, { "aria-label": `Remove ${name || "the new one"} from ${setting.name}` }),
    );
    rows.push(row);
    list.append(element);
    return key;
  }
  for (const [name, own] of Object.entries(initial)) add(name, show(own));
  const more = button("Add", () => add("", "").focus(), { "aria-label": `Add to ${setting.name}` });
  const element = h(
    "fieldset",
    { class: "field" },
    h("legend", null, setting.name),
    list,
    more,
    h("p", { class: "hint" }, `${setting.help}${isFields ? " **** stands for a value that is set and not shown." : ""}`),
  );
  return {
    element,
    control: more,
    change() {
      const now = new Map(rows.filter((row) => row.key.value.trim()).map((row) => [row.key.value.trim(), row.content.value]));
      const patch = {};
      for (const name of Object.keys(initial)) if (!now.has(name)) patch[name] = null;
      for (const [name, own] of now) {
        if (Object.hasOwn(initial, name) && own === show(initial[name])) continue;
        patch[name] = isFields ? own : json(own);
      }
      return Object.keys(patch).length === 0 ? undefined : patch;
    },
  };
}

/** A value that is not JSON is a text. */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
