// The bots and integrations of the configuration file.

import { getAll, segment } from "./api.js";
import { button, fill, foreign, h, setText } from "./dom.js";
import { openForm } from "./form.js";
import { plural } from "./format.js";

export const title = "Configuration";

const step = 100;

export async function open(root, { rest, query, signal }) {
  const [kind, id] = rest;
  if (kind === "bots" || kind === "integrations") {
    return openForm(root, { isBot: kind === "bots", id, bot: query.get("bot"), signal });
  }
  const [bots, integrations] = await Promise.all([getAll("/v1/bots", signal), getAll("/v1/integrations", signal)]);
  const filter = h("input", { type: "search", "aria-label": "Filter", placeholder: "Filter", oninput: show });
  const summary = h("p", { class: "muted" });
  const list = h("div");
  const more = button("Show more", () => {
    most += step;
    show();
  });
  let most = step;

  function show() {
    const words = filter.value.toLowerCase();
    const matches = (one) => `${one.id} ${one.name ?? ""} ${one.model ?? ""} ${one.bot ?? ""}`.toLowerCase().includes(words);
    const chosen = integrations.filter(matches);
    let left = most;
    const sections = [];
    for (const bot of bots) {
      const own = chosen.filter((one) => one.bot === bot.id);
      const part = own.slice(0, left);
      left -= part.length;
      if (part.length > 0 || matches(bot)) sections.push(section(bot, part));
    }
    fill(list, sections);
    more.hidden = chosen.length <= most;
    setText(summary, `${plural(bots.length, "bot")}, ${plural(chosen.length, "integration")}`);
  }

  fill(
    root,
    h("div", { class: "bar" }, h("h1", null, "Configuration"), filter, h("a", { href: "#/configuration/bots" }, "Add a bot")),
    summary,
    list,
    more,
  );
  show();
}

function section(bot, integrations) {
  return h(
    "section",
    null,
    h(
      "div",
      { class: "bar" },
      h("h2", null, "Bot ", h("a", { href: `#/configuration/bots/${segment(bot.id)}` }, foreign(bot.id)), bot.name && bot.name !== bot.id && [" ", h("small", { class: "muted" }, foreign(bot.name))]),
      h("a", { href: `#/configuration/integrations?bot=${segment(bot.id)}`, "aria-label": `Add an integration to ${bot.id}` }, "Add an integration"),
    ),
    h("ul", { class: "plain" }, integrations.map(item)),
  );
}

function item(one) {
  const about = [one.type, one.model, one.webhook_url].filter(Boolean);
  return h(
    "li",
    null,
    h("a", { href: `#/configuration/integrations/${segment(one.id)}` }, foreign(one.id)),
    " ",
    h("span", { class: "muted" }, about.flatMap((text, at) => [at > 0 && " · ", foreign(text)]), one.fallback && " · fallback", !one.enabled && " · off", !one.fallback && one.weight !== 1 && ` · weight ${one.weight}`),
  );
}
