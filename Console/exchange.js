// One exchange in full, with its attempts on a line of time.

import { get, segment } from "./api.js";
import { fill, foreign, h } from "./dom.js";
import { bytes, count, duration, money, time } from "./format.js";

export async function openExchange(root, id, signal) {
  const { data: one } = await get(`/v1/exchanges/${segment(id)}`, signal);
  const isGood = one.outcome === "ok";
  const kind = isGood ? "good" : one.outcome === "cancelled" ? "off" : "bad";
  const { input, output, cached } = one.tokens;
  const facts = [
    ["Outcome", h("span", { class: `state ${kind}` }, one.outcome, one.status ? ` ${one.status}` : "")],
    ["Bot", foreign(one.bot)],
    ["Integration", one.integration ? [foreign(one.integration), one.fallback && " (fallback)"] : "–"],
    ["Started", time(one.started_at)],
    ["Time", `${duration(one.duration_ms)}${one.waited_ms > 0 ? `, of which ${duration(one.waited_ms)} waiting` : ""}`],
    ["First content", duration(one.first_content_ms)],
    ["Tokens", input == null && output == null ? "–" : `${count(input)} in${cached ? ` (${count(cached)} cached)` : ""}, ${count(output)} out`],
    ["Cost", money(one.cost)],
    ["Size", `${bytes(one.request_bytes)} in, ${bytes(one.reply_bytes)} out`],
    ["Interface", `${one.interface}${one.streamed ? ", streamed" : ""}`],
    ["Conversation", h("a", { href: `#/conversations/${segment(one.bot)}/${segment(one.conversation_id)}` }, foreign(one.conversation_id))],
    ["User", one.user ? foreign(one.user) : "–"],
    ["Key", one.key ? foreign(one.key) : "–"],
    ["Request", h("span", { class: "mono" }, foreign(one.request_id))],
  ];
  if (one.turns_left_out > 0) facts.push(["Turns left out", count(one.turns_left_out)]);
  fill(
    root,
    h("p", null, h("a", { href: "#/exchanges" }, "All exchanges")),
    h("h1", null, "Exchange ", foreign(one.id)),
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))),
    h("h2", null, "Attempts"),
    one.attempts.length === 0
      ? h("p", { class: "muted" }, "No integration was asked.")
      : h("ol", { class: "timeline" }, one.attempts.map((attempt) => lineOf(attempt, one))),
    one.attempts_left_out > 0 && h("p", { class: "muted" }, `${count(one.attempts_left_out)} more between the first and the last eight`),
    contentOf(one),
  );
}

/** An attempt, and where it is in the time of the exchange. */
function lineOf(attempt, one) {
  const isGood = attempt.outcome === "ok";
  const whole = Math.max(1, one.duration_ms);
  const start = attempt.started_ms ?? 0;
  const phases = [
    ["DNS", attempt.dns_ms],
    ["connected", attempt.connect_ms],
    ["TLS", attempt.tls_ms],
    ["first byte", attempt.first_byte_ms],
    ["first content", attempt.first_content_ms],
  ].filter(([, at]) => at != null);
  const bar = h("span", { class: isGood ? "span" : "span failed" });
  bar.style.left = `${Math.min(100, (100 * start) / whole)}%`;
  bar.style.width = `${Math.max(0.5, Math.min(100, (100 * attempt.duration_ms) / whole))}%`;
  for (const [, at] of phases) {
    const mark = h("i");
    mark.style.left = `${Math.min(100, (100 * at) / Math.max(1, attempt.duration_ms))}%`;
    bar.append(mark);
  }
  const texts = phases.map(([name, at]) => `${name} ${duration(at)}`);
  return h(
    "li",
    null,
    h(
      "div",
      null,
      h("strong", null, foreign(attempt.integration)),
      " ",
      h("span", { class: `state ${isGood ? "good" : attempt.outcome === "cancelled" ? "off" : "bad"}` }, attempt.outcome),
      attempt.status ? ` ${attempt.status}` : "",
      ` from ${duration(start)}, for ${duration(attempt.duration_ms)}`,
    ),
    h("div", { class: "track", "aria-hidden": "true" }, bar),
    texts.length > 0 && h("div", { class: "hint" }, texts.join(" · ")),
    attempt.message && h("p", { class: isGood ? null : "bad" }, foreign(attempt.message)),
  );
}

function contentOf(one) {
  if (!one.content) {
    return h("p", { class: "muted" }, "What was said is not recorded: ", h("code", null, "[recorder] content = yes"), " does that.");
  }
  const { message, reply, cut } = one.content;
  return [
    h("h2", null, "Message"),
    h("div", { class: "text said user", dir: "auto" }, message),
    h("h2", null, "Reply"),
    h("div", { class: "text said", dir: "auto" }, reply),
    cut && h("p", { class: "muted" }, "Cut, because it was too long for the record."),
  ];
}
