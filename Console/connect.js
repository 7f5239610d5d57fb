// How other programs talk to a bot of this gateway.

import { botNames } from "./api.js";
import { announce, button, fill, h, labelled, select } from "./dom.js";
import { snippets } from "./snippets.js";

export const title = "Connect";

export async function open(root, { signal }) {
  const bots = await botNames(signal);
  const bot = select(bots, bots[0], { onchange: show });
  const list = h("div");

  function show() {
    fill(list, snippets(location.origin, bot.value).map(part));
  }

  fill(
    root,
    h("h1", null, "Connect"),
    h(
      "p",
      null,
      "Set ",
      h("code", null, "POSTERN_KEY"),
      " to a key of scope chat, which an administrator makes with ",
      h("code", null, "postern key NAME"),
      ". If the gateway has no keys, any text will do.",
    ),
    labelled("Bot", bot),
    list,
  );
  show();
}

function part({ id, title: name, about, text }) {
  const code = h("code", null, text);
  const heading = h("h2", { id }, name);
  const copy = button("Copy", () => copyText(code), { "aria-label": `Copy ${name}` });
  return h(
    "section",
    { "aria-labelledby": id },
    h("div", { class: "bar" }, heading, copy),
    h("p", { class: "muted" }, about),
    h("pre", { tabindex: "0", role: "region", "aria-label": `${name}, text` }, code),
  );
}

/** Copies a text. Without https a page may not write to the clipboard: then the text is selected. */
async function copyText(code) {
  const range = document.createRange();
  range.selectNodeContents(code);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  let isCopied = false;
  try {
    await navigator.clipboard.writeText(code.textContent);
    isCopied = true;
  } catch {
    // Without https, and without permission, there is no clipboard.
    isCopied = document.execCommand("copy");
  }
  announce(isCopied ? "Copied." : "It is selected: press Ctrl and C.");
}
