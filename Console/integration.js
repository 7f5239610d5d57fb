// An integration on the overview: its state, and what it has done.

import { foreign, h, setText } from "./dom.js";
import { ago, count, duration, money, percent } from "./format.js";

/** The state in one word, its kind, and whether it needs attention. */
export function stateOf(one) {
  if (!one.enabled) return { word: "off", kind: "off" };
  if (one.breaker.state !== "closed") return { word: one.breaker.state === "open" ? "paused" : "probing", kind: "bad", isBad: true };
  if (one.state === "down") return { word: "down", kind: "bad", isBad: true };
  if (one.last_failure?.in_a_row > 0) return { word: "failing", kind: "bad", isBad: true };
  if (one.state === "loading") return { word: "loading", kind: "warn" };
  return { word: "ready", kind: "good" };
}

/** How many attempts there were, and how many of them failed. */
function failures(attempts) {
  let all = 0;
  for (const number of Object.values(attempts)) all += number;
  return { all, failed: all - attempts.ok };
}

/** A part with a name and a value that changes. */
function part(name, kind) {
  const value = h("span", { class: "value" });
  return { element: h("div", { class: kind ?? null }, h("span", { class: "name" }, name), value), value };
}

/** A row that shows an integration, and is updated in place. */
export function integrationRow() {
  const state = h("span", { class: "state" });
  const link = h("a");
  const name = foreign("");
  link.append(name);
  const kind = h("span", { class: "muted" });
  const parts = {
    share: part("Share"),
    latency: part("Time p50 / p95"),
    errors: part("Errors, 24 h"),
    tokens: part("Tokens, 24 h"),
    cost: part("Cost, 24 h"),
  };
  const last = h("p", { class: "last" });
  const message = foreign("");
  const when = h("span", { class: "muted" });
  last.append(message, " ", when);
  const meter = h("span", { class: "meter", "aria-hidden": "true" }, h("span"));
  parts.share.element.append(meter);
  const element = h(
    "div",
    { class: "integration", role: "listitem" },
    h("div", { class: "title" }, state, link, kind),
    Object.values(parts).map((one) => one.element),
    last,
  );

  function update(one) {
    const now = stateOf(one);
    const left = one.breaker.remaining_ms > 0 ? ` ${duration(one.breaker.remaining_ms)}` : "";
    setText(state, now.word + left);
    state.className = `state ${now.kind}`;
    setText(name, one.integration);
    link.href = `#/configuration/integrations/${encodeURIComponent(one.integration)}`;
    const busy = one.in_flight + one.waiting > 0 ? `${count(one.in_flight)} in flight${one.waiting ? `, ${count(one.waiting)} waiting` : ""}` : "";
    setText(kind, [one.fallback && "fallback", busy].filter(Boolean).join(" · "));
    const { drawn, configured } = one.share;
    setText(parts.share.value, one.fallback || !configured ? "–" : `${percent(drawn)} (set ${percent(configured)})`);
    meter.hidden = one.fallback || !configured;
    meter.firstChild.style.width = `${(drawn ?? 0) * 100}%`;
    setText(parts.latency.value, `${duration(one.latency_ms.p50)} / ${duration(one.latency_ms.p95)}`);
    const { all, failed } = failures(one.day.attempts);
    setText(parts.errors.value, all === 0 ? "–" : `${count(failed)} of ${count(all)}`);
    parts.errors.element.classList.toggle("bad", failed > 0 && now.isBad === true);
    const { input, output } = one.day.tokens;
    setText(parts.tokens.value, input + output === 0 ? "–" : `${count(input)} in, ${count(output)} out`);
    setText(parts.cost.value, money(one.day.cost));
    const failure = one.last_failure;
    last.hidden = !failure;
    if (!failure) return;
    last.classList.toggle("bad", failure.in_a_row > 0);
    setText(message, failure.message || failure.outcome);
    setText(when, `${failure.outcome}${failure.status ? ` ${failure.status}` : ""}, ${ago(failure.at)}${failure.in_a_row > 1 ? `, ${count(failure.in_a_row)} in a row` : ""}`);
  }
  return { element, update };
}
