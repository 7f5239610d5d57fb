// Talks to a bot, or to two of them side by side.

import { CallError, botNames, getAll } from "./api.js";
import { append, button, fill, h, labelled } from "./dom.js";
import { ChatPane } from "./pane.js";
import { imageInput } from "./images.js";

export const title = "Chat";

/** What was typed and not sent. It outlives a visit to another page. */
let draft = "";

export async function open(root, { query, signal }) {
  const targets = await readTargets(signal);
  const first = new ChatPane(targets, { target: query.get("bot"), conversation: query.get("conversation"), signal });
  const panes = [first];
  const place = h("div", { class: "panes" }, first.element);
  const images = imageInput();
  const text = h("textarea", {
    rows: "3",
    dir: "auto",
    value: draft,
    oninput: () => (draft = text.value),
    onkeydown(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    },
  });
  const problem = h("p", { class: "bad", role: "alert" });
  const compare = h("input", { type: "checkbox", onchange: changeCompare });
  const sendButton = h("button", { class: "main" }, "Send");
  const stop = button("Stop", () => panes.forEach((pane) => pane.stop()), { hidden: true });

  function changeCompare() {
    if (compare.checked) {
      panes.push(new ChatPane(targets, { target: targets[1]?.[0], signal }));
      append(place, panes[1].element);
    } else {
      panes.pop().remove();
    }
    place.classList.toggle("two", compare.checked);
  }

  async function submit() {
    const content = images.contentWith(text.value);
    fill(problem);
    if (content === null) {
      fill(problem, "Write a message, or add an image.");
      text.focus();
      return;
    }
    if (panes.some((pane) => pane.isBusy)) {
      fill(problem, "Wait for the reply, or stop it.");
      return;
    }
    text.value = draft = "";
    images.clear();
    sendButton.disabled = true;
    stop.hidden = false;
    await Promise.all(panes.map((pane) => pane.send(content)));
    sendButton.disabled = false;
    stop.hidden = true;
  }

  fill(
    root,
    h(
      "div",
      { class: "bar" },
      h("h1", null, "Chat"),
      h("label", null, compare, "Two side by side"),
      button("New conversation", () => panes.forEach((pane) => pane.restart())),
    ),
    place,
    h(
      "form",
      {
        class: "composer",
        onsubmit(event) {
          event.preventDefault();
          submit();
        },
      },
      labelled("Message", text),
      images.element,
      problem,
      h("div", { class: "actions" }, sendButton, stop, images.button, h("span", { class: "hint" }, "Enter sends, Shift and Enter make a new line.")),
    ),
  );
  await first.showHistory();
}

/** The bots and, for keys that may read, their integrations: pairs of value and text. */
async function readTargets(signal) {
  let integrations = [];
  try {
    integrations = await getAll("/v1/integrations", signal);
  } catch (error) {
    // A key for chat alone sees bots only.
    if (!(error instanceof CallError) || error.status !== 403) throw error;
  }
  const targets = [];
  for (const bot of await botNames(signal)) {
    targets.push([bot, bot]);
    for (const one of integrations) {
      if (one.bot === bot && one.enabled) targets.push([`${bot}/${one.id}`, `${bot} / ${one.id} alone`]);
    }
  }
  return targets;
}
