// An integration at work: a message sent to its backend, and the request that this is.

import { CallError, call, get, segment } from "./api.js";
import { append, button, fill, foreign, h, labelled } from "./dom.js";
import { duration } from "./format.js";
import { problem } from "./main.js";
import { showContent } from "./message.js";

/** The part of an integration's form that tries it. */
export function trials(id) {
  const path = `/v1/integrations/${segment(id)}`;
  const text = h("input", { value: "Hello", dir: "auto" });
  const result = h("div", { role: "status" });
  const test = button("Send a test message", () => work(test, showTest), { class: "main" });
  const preview = button("Show the request", () => work(preview, showRequest));

  async function work(control, action) {
    control.disabled = true;
    fill(result, h("p", { class: "muted" }, "Waiting for the answer…"));
    try {
      fill(result, await action());
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      fill(result, problem(error));
    } finally {
      control.disabled = false;
    }
  }

  async function showTest() {
    const { data } = await call("POST", `${path}/test`, { body: { content: text.value || "Hello" } });
    const { attempt, content, reason, timings_ms: times } = data;
    const isGood = attempt.outcome === "ok";
    const phases = [
      ["DNS", times.dns],
      ["connected", times.connect],
      ["TLS", times.tls],
      ["first byte", times.first_byte],
      ["total", times.total],
    ].filter(([, at]) => at != null);
    return h(
      "div",
      { class: `notice ${isGood ? "good" : "bad"}` },
      h("p", null, h("strong", { class: `state ${isGood ? "good" : "bad"}` }, attempt.outcome), attempt.status ? ` ${attempt.status}` : "", attempt.message && [" ", foreign(attempt.message)]),
      h("p", { class: "hint" }, phases.map(([name, at]) => `${name} ${duration(at)}`).join(" · ")),
      content != null && showContent(content),
      reason && h("p", null, "The backend says: ", foreign(reason)),
    );
  }

  async function showRequest() {
    const { data } = await get(`${path}/preview`);
    const fields = Object.entries(data.headers).map(([name, value]) => `${name}: ${value}`);
    return h("pre", { tabindex: "0", role: "region", "aria-label": "Request" }, [`${data.method} ${data.url}`, ...fields, "", JSON.stringify(data.body, null, 2)].join("\n"));
  }

  const section = h("section", null, h("h2", null, "Try it"), h("p", { class: "muted" }, "With the settings that are saved."));
  append(section, labelled("Message", text), h("div", { class: "actions" }, test, preview), result);
  return section;
}
