// The messages that wait for a backend, and the replies that wait for their receiver, where the gateway keeps any.

import { CallError, call, get, segment } from "./api.js";
import { button, fill, foreign, h, table } from "./dom.js";
import { plural, time } from "./format.js";
import { problem } from "./main.js";
import { repeat } from "./live.js";

/** The part of the overview about the outbox. A gateway without one, and a key that may not read it, show nothing. */
export function outboxPart(signal) {
  const element = h("section", { hidden: true });
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort());

  async function load() {
    const { data, meta } = await get("/v1/outbox?per_page=20", own.signal);
    const key = JSON.stringify(data);
    element.hidden = data.length === 0;
    if (element.dataset.shown === key) return;
    element.dataset.shown = key;
    const rows = data.map((item) => row(item, load));
    fill(
      element,
      h("h2", null, "Outbox"),
      h("p", { class: "muted" }, `${plural(meta?.total ?? data.length, "message")} kept`),
      table("Outbox", ["Message", "State", "Since", "Actions"], h("tbody", null, rows)),
    );
  }
  repeat(load, 10_000, own.signal, (error) => {
    if (error.status === 404 || error.status === 403) own.abort();
  });
  return { element };
}

function row(item, load) {
  const act = (method, path) => async (event) => {
    event.target.disabled = true;
    try {
      await call(method, path);
      await load();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      event.target.parentElement.append(problem(error));
    }
  };
  const path = `/v1/outbox/${segment(item.id)}`;
  const reason = item.error?.message ?? item.last_error ?? item.reason;
  return h(
    "tr",
    null,
    h("td", null, foreign(item.id)),
    h("td", null, foreign(item.status ?? item.state), reason && [" ", foreign(reason)]),
    h("td", null, time(item.created_at)),
    h("td", { class: "actions" }, button("Retry", act("POST", `${path}/retry`)), button("Drop", act("DELETE", path))),
  );
}
