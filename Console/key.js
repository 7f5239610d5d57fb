// The dialog that asks for a key.

import { button, h, labelled } from "./dom.js";

let asked = null;

/**
 * Asks for a key. Calls that need one at the same time share the dialog.
 * @param {string} reason what is wrong with the key before; empty for none
 * @returns {Promise<string | null>} the key, or `null` if the user has none
 */
export function askForKey(reason) {
  asked ??= show(reason).finally(() => (asked = null));
  return asked;
}

function show(reason) {
  return new Promise((resolve) => {
    const input = h("input", {
      type: "password",
      autocomplete: "off",
      spellcheck: "false",
      autocapitalize: "none",
      maxlength: "512",
      required: true,
    });
    const form = h(
      "form",
      {
        onsubmit(event) {
          event.preventDefault();
          dialog.close(input.value.trim());
        },
      },
      h("h2", { id: "key-title" }, "Key"),
      reason && h("p", { class: "notice bad", role: "alert" }, reason),
      labelled("API key", input, [
        "It stays in this tab, until you close it. An administrator makes one with ",
        h("code", null, "postern key NAME"),
        ".",
      ]),
      h(
        "div",
        { class: "actions" },
        h("button", { class: "main" }, "Use key"),
        button("Cancel", () => dialog.close("")),
      ),
    );
    const dialog = h("dialog", { "aria-labelledby": "key-title" }, form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "" ? null : dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
