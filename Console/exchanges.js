// The flight recorder: the last exchanges as they end, and one of them in full.

import { CallError, get, readEvents, segment, send } from "./api.js";
import { button, fill, foreign, h, select, setText, table } from "./dom.js";
import { count, duration, money, plural, time } from "./format.js";
import { openExchange } from "./exchange.js";
import { repeat, whileVisible } from "./live.js";
import { problem } from "./main.js";

export const title = "Exchanges";

/** The most rows: older ones are a page away. */
const most = 200;

export async function open(root, { rest, query, signal }) {
  if (rest.length > 0) return openExchange(root, rest[0], signal);
  const words = await outcomes(signal);
  const status = (await get("/v1/status", signal)).data;
  const bots = status.bots.map((bot) => bot.id);
  const integrations = status.bots.flatMap((bot) => bot.integrations.map((one) => one.integration));
  const filters = {
    bot: choice("Bot", bots, query.get("bot")),
    integration: choice("Integration", integrations, query.get("integration")),
    outcome: choice("Outcome", words, query.get("outcome")),
  };
  const body = h("tbody");
  const summary = h("p", { class: "muted" });
  const failure = h("div");
  const more = button("Show older", showOlder, { hidden: true });
  let following = new AbortController();
  let page = 1;
  let shown = new Set();

  function parameters() {
    const chosen = new URLSearchParams();
    for (const [name, control] of Object.entries(filters)) {
      if (control.value) chosen.set(name, control.value);
    }
    return chosen;
  }

  function rowsOf(data) {
    const fresh = data.filter((one) => !shown.has(one.id));
    for (const one of fresh) shown.add(one.id);
    return fresh.map(row);
  }

  function showSummary(total) {
    setText(summary, total === 0 ? "No exchange yet. Messages of clients and of the chat are listed as they end." : "The last to end is first. The list follows what happens.");
  }

  /** Reads the list, then each exchange as it ends. If the stream breaks, it begins again. */
  async function follow(own) {
    const chosen = parameters();
    const stream = whileVisible(own);
    const response = await send("GET", `/v1/exchanges?${chosen}`, { fields: { Accept: "text/event-stream" }, signal: stream });
    chosen.set("per_page", "50");
    const { data, meta } = await get(`/v1/exchanges?${chosen}`, stream);
    fill(failure);
    page = 1;
    shown = new Set();
    fill(body, rowsOf(data));
    more.hidden = meta.total <= data.length;
    showSummary(meta.total);
    await readEvents(response, (event, text) => {
      if (event !== "exchange") return;
      body.prepend(...rowsOf([JSON.parse(text)]));
      showSummary(1);
      while (body.children.length > most) body.lastChild.remove();
    });
    throw new CallError(0, { code: "interrupted", message: "The stream of exchanges ended." });
  }

  async function showOlder() {
    more.disabled = true;
    const chosen = parameters();
    chosen.set("per_page", "50");
    chosen.set("page", String(page + 1));
    const { data, meta } = await get(`/v1/exchanges?${chosen}`, signal);
    page += 1;
    body.append(...rowsOf(data));
    more.hidden = meta.total <= page * 50;
    more.disabled = false;
  }

  function start() {
    following.abort();
    following = new AbortController();
    const chosen = parameters();
    history.replaceState(null, "", `#/exchanges${chosen.size > 0 ? `?${chosen}` : ""}`);
    repeat(follow, 1000, AbortSignal.any([signal, following.signal]), (error) => fill(failure, problem(error)));
  }

  for (const control of Object.values(filters)) control.addEventListener("change", start);
  const heads = ["Ended", "Bot", "Integration", "Outcome", { text: "Time", number: true }, { text: "Tokens", number: true }, { text: "Cost", number: true }];
  fill(
    root,
    h("div", { class: "bar" }, h("h1", null, "Exchanges"), Object.values(filters)),
    failure,
    summary,
    table("Exchanges", heads, body),
    more,
  );
  start();
}

function choice(name, words, chosen) {
  const list = chosen && !words.includes(chosen) ? [chosen, ...words] : words;
  return select([["", `${name}: all`], ...list], chosen ?? "", { "aria-label": name });
}

/** The words that the interface knows for outcomes. */
async function outcomes(signal) {
  const document = await get("/openapi.json", signal);
  return document.components.parameters.outcome_filter.schema.enum;
}

function row(one) {
  const ended = new Date(new Date(one.started_at).getTime() + one.duration_ms).toISOString();
  const failed = one.attempts.filter((attempt) => attempt.outcome !== "ok");
  const isGood = one.outcome === "ok";
  const kind = isGood ? (failed.length > 0 ? "warn" : "good") : one.outcome === "cancelled" ? "off" : "bad";
  const { input, output } = one.tokens;
  const note = failed.length > 0 && `${isGood ? "after " : ""}${plural(failed.length, "failed attempt")}`;
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, h("a", { href: `#/exchanges/${segment(one.id)}` }, time(ended))),
    h("td", null, foreign(one.bot)),
    h("td", null, foreign(one.integration ?? "–")),
    h("td", null, h("span", { class: `state ${kind}` }, one.outcome), note && h("div", { class: "hint" }, note)),
    h("td", { class: "number" }, duration(one.duration_ms)),
    h("td", { class: "number" }, input == null && output == null ? "–" : `${count(input)} / ${count(output)}`),
    h("td", { class: "number" }, money(one.cost)),
  );
}

