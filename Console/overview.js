// How the gateway is: what needs attention first, then each bot's integrations.

import { CallError, call, get } from "./api.js";
import { append, button, fill, foreign, h, select, setText } from "./dom.js";
import { ago, bytes, count, duration, money, percent, plural, time } from "./format.js";
import { integrationRow, stateOf } from "./integration.js";
import { repeat } from "./live.js";
import { outboxPart } from "./outbox.js";
import { problem } from "./main.js";

export const title = "Overview";

/** The most rows of integrations, until more are asked for. */
const step = 50;

export async function open(root, { signal }) {
  const headline = h("h1", null, "Overview");
  const attention = h("section", { "aria-label": "Needs attention" });
  const facts = h("dl", { class: "facts" });
  const filter = h("input", { type: "search", "aria-label": "Filter integrations", placeholder: "Filter" });
  const which = select(
    [
      ["", "All"],
      ["bad", "With trouble"],
    ],
    "",
    { "aria-label": "Which integrations" },
  );
  const summary = h("p", { class: "muted" });
  const bots = h("div");
  const more = button("Show more", () => {
    most += step;
    list();
  });
  const outbox = outboxPart(signal);
  const failure = h("div");
  const page = [
    headline,
    failure,
    attention,
    facts,
    outbox.element,
    h("div", { class: "bar" }, h("h2", null, "Integrations"), filter, which),
    summary,
    bots,
    more,
  ];
  let most = step;
  let status = null;
  const groups = new Map();
  const rows = new Map();

  function list() {
    const words = filter.value.toLowerCase();
    let left = most;
    let total = 0;
    const wanted = [];
    for (const bot of status.bots) {
      const chosen = bot.integrations.filter((one) => {
        if (which.value === "bad" && !stateOf(one).isBad) return false;
        return `${one.bot} ${one.integration}`.toLowerCase().includes(words);
      });
      total += chosen.length;
      const part = chosen.slice(0, left);
      left -= part.length;
      if (part.length > 0) wanted.push(groupOf(bot.id, part));
    }
    const isSame = wanted.length === bots.children.length && wanted.every((one, at) => bots.children[at] === one);
    if (!isSame) bots.replaceChildren(...wanted);
    const shown = Math.min(total, most);
    setText(summary, shown < total ? `${count(shown)} of ${plural(total, "integration")}` : plural(total, "integration"));
    more.hidden = shown >= total;
  }

  /** The part of a bot, with the rows of these integrations. Rows stay the same elements. */
  function groupOf(id, integrations) {
    let group = groups.get(id);
    if (!group) {
      const name = h("h3", null, "Bot ", foreign(id));
      const body = h("div", { class: "rows", role: "list", "aria-label": `Integrations of ${id}` });
      group = { element: h("section", null, name, body), body };
      groups.set(id, group);
    }
    const elements = integrations.map((one) => {
      const key = `${one.bot} ${one.integration}`;
      if (!rows.has(key)) rows.set(key, integrationRow());
      const row = rows.get(key);
      row.update(one);
      return row.element;
    });
    const isSame =
      elements.length === group.body.children.length && elements.every((one, at) => group.body.children[at] === one);
    if (!isSame) group.body.replaceChildren(...elements);
    return group.element;
  }

  filter.addEventListener("input", () => status && list());
  which.addEventListener("change", () => status && list());

  async function load() {
    status = (await get("/v1/status", signal)).data;
    if (root.firstChild !== headline) fill(root, page);
    fill(failure);
    showHeadline(headline, status);
    showAttention(attention, status);
    showFacts(facts, status);
    list();
    await outbox.update(status.outbox);
  }
  await repeat(load, 2000, signal, (error) => {
    if (root.firstChild !== headline) fill(root, headline, failure);
    fill(failure, problem(error));
  });
}

function showHeadline(headline, status) {
  const all = status.bots.flatMap((bot) => bot.integrations).filter((one) => one.enabled);
  const bad = all.filter((one) => stateOf(one).isBad).length;
  let text = bad === 0 ? "All is well" : `${count(bad)} of ${plural(all.length, "integration")} in trouble`;
  if (status.status === "no_backend") text = "No bot can answer";
  if (status.status === "stopping") text = "The gateway is stopping";
  setText(headline, text);
}

/** Lists what an administrator should do something about. Changed only if it differs. */
function showAttention(section, status) {
  const items = [];
  for (const reason of status.reasons ?? []) {
    // Integrations that are down have items of their own, with links.
    if (!/^integration \S+ is down: /.test(reason)) items.push({ key: reason, reason });
  }
  const failing = status.bots.flatMap((bot) => bot.integrations).filter((one) => stateOf(one).isBad);
  for (const one of failing.slice(0, 10)) {
    const message = one.last_failure?.message ?? "";
    items.push({ key: `${one.bot} ${one.integration} ${stateOf(one).word} ${message}`, one, message });
  }
  const key = JSON.stringify([items.map((item) => item.key), failing.length]);
  if (section.dataset.shown === key) return;
  section.dataset.shown = key;
  const list = items.map((item) => (item.one ? troubleItem(item.one, item.message) : h("li", null, foreign(item.reason))));
  fill(section, list.length > 0 && h("ul", { class: "attention" }, list));
  if (failing.length > 10) append(section, h("p", { class: "muted" }, `and ${failing.length - 10} more, below`));
}

function troubleItem(one, message) {
  const name = encodeURIComponent(one.integration);
  return h(
    "li",
    null,
    h("strong", null, foreign(one.integration)),
    ` (${stateOf(one).word}) `,
    message && foreign(message),
    h(
      "span",
      { class: "links" },
      h("a", { href: `#/exchanges?integration=${name}` }, "What failed"),
      h("a", { href: `#/configuration/integrations/${name}` }, "Configure and test"),
    ),
  );
}

function showFacts(list, status) {
  const facts = [];
  const day = { input: 0, output: 0, cost: 0, hasCost: false };
  for (const one of status.bots.flatMap((bot) => bot.integrations)) {
    day.input += one.day.tokens.input;
    day.output += one.day.tokens.output;
    if (one.day.cost != null) {
      day.hasCost = true;
      day.cost += one.day.cost;
    }
  }
  if (status.pid) facts.push(["Messages", `${count(status.in_flight)} being answered, ${count(status.queued)} waiting`]);
  facts.push(["Last 24 hours", `${count(day.input)} tokens in, ${count(day.output)} out`]);
  if (day.hasCost) facts.push(["Cost in 24 hours", money(day.cost)]);
  if (status.context) {
    const { used_bytes: used, capacity_bytes: capacity, conversations, file, sync } = status.context;
    facts.push([
      "Context",
      `${plural(conversations, "conversation")}, ${percent(used / capacity)} of ${bytes(capacity)}; ${
        file ? `on storage, sync ${sync}` : "in memory only"
      }`,
    ]);
  }
  if (status.outbox) {
    const { queued, running, undelivered } = status.outbox;
    facts.push(["Outbox", `${count(queued + running)} waiting for a backend, ${count(undelivered)} for a receiver`]);
  }
  if (status.pid) {
    const expiry = status.certificate_expires_at;
    facts.push(["Process", `${status.version}, up ${duration(status.uptime_ms)}, ${bytes(status.resident_bytes)}, ${plural(status.connections, "connection")}`]);
    if (expiry) facts.push(["Certificate", `valid until ${time(expiry)}`]);
  }
  const names = facts.map(([name]) => name).join();
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    fill(list, facts.map(([name]) => h("div", null, h("dt", null, name), h("dd"))));
    if (status.pid) append(list, h("div", null, h("dt", null, "Configuration file"), h("dd", null, h("span"), " ", reloadButton(list))));
  }
  facts.forEach(([, text], at) => setText(list.children[at].lastChild, text));
  if (status.pid) setText(list.lastChild.querySelector("span"), reloadText(status.last_reload));
}

function reloadText(last) {
  if (!last) return "as read at the start";
  if (!last.applied) return `refused ${ago(last.at)}`;
  const needed = last.restart_needed.length > 0 ? `; after a restart: ${last.restart_needed.join(", ")}` : "";
  return `applied ${ago(last.at)}${needed}`;
}

function reloadButton(list) {
  return button("Reload", async (event) => {
    const place = event.target.parentElement;
    place.querySelector(".notice")?.remove();
    event.target.disabled = true;
    try {
      const { data } = await call("POST", "/v1/reload");
      const lines = data.findings.map((finding) => h("li", null, foreign(finding)));
      append(
        place,
        h(
          "div",
          { class: `notice ${data.applied ? "good" : "bad"}`, role: "alert" },
          h("p", null, data.applied ? "The file applies." : "The file is refused; the configuration before it still applies."),
          lines.length > 0 && h("ul", null, lines),
        ),
      );
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      append(place, problem(error));
    } finally {
      event.target.disabled = false;
    }
  });
}
