// The messages that wait for a backend, and the replies that wait for their receiver, where the gateway keeps any.

import { CallError, call, get, segment } from "./api.js";
import { button, fill, foreign, h, table } from "./dom.js";
import { plural, time } from "./format.js";
import { problem } from "./main.js";

/** The least time between two reads of the list, in milliseconds. */
const pause = 5000;

/** The part of the overview about the outbox. It is updated with what the status says of it. */
export function outboxPart(signal) {
  const element = h("section", { hidden: true });
  let last = -Infinity;
  let shown = "";

  /** Shows what is not done. Without an outbox, and for a key that may not read it, there is nothing to show. */
  async function update(outbox) {
    const open = outbox ? outbox.queued + outbox.running + outbox.undelivered + outbox.not_delivered : 0;
    element.hidden = open === 0;
    if (open === 0 || performance.now() - last < pause) return;
    last = performance.now();
    const { data } = await get("/v1/outbox?per_page=100", signal);
    const items = data.filter((item) => item.delivery === "waiting" || item.delivery === "failed" || !isFinished(item));
    const key = JSON.stringify([open, items]);
    if (shown === key) return;
    shown = key;
    const again = () => {
      last = -Infinity;
      return update(outbox);
    };
    fill(
      element,
      h("h2", null, "Outbox"),
      h("p", { class: "muted" }, `${plural(open, "message")} not done`),
      table("Outbox", ["Message", "Bot", "State", "Tries", "Since", "Actions"], h("tbody", null, items.slice(0, 20).map((item) => row(item, again)))),
    );
  }
  return { element, update };
}

function isFinished(item) {
  return item.status === "done" || item.status === "failed";
}

function row(item, again) {
  const act = (method, path) => async (event) => {
    const place = event.target.parentElement;
    event.target.disabled = true;
    try {
      await call(method, path);
      await again();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      place.append(problem(error));
    }
  };
  const path = `/v1/outbox/${segment(item.id)}`;
  const isLost = item.delivery === "failed";
  const state = isFinished(item) ? `reply ${isLost ? "not delivered to" : "waits for"} ` : item.status;
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, foreign(item.id)),
    h("td", null, foreign(item.bot)),
    h("td", { class: isLost ? "bad" : null }, state, isFinished(item) && foreign(item.receiver ?? "its receiver")),
    h("td", null, String(item.tries ?? "–")),
    h("td", null, time(item.created_at)),
    h(
      "td",
      { class: "actions" },
      item.status !== "running" && button("Retry", act("POST", `${path}/retry`), { "aria-label": `Retry ${item.id}` }),
      button("Drop", act("DELETE", path), { "aria-label": `Drop ${item.id}` }),
    ),
  );
}
