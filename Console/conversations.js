// What the context keeps: conversations of a bot, of all users or of one, and what was said in them.

import { call, get, getAll, segment } from "./api.js";
import { announce, append, button, confirm, fill, foreign, h, labelled, select, setText, table } from "./dom.js";
import { count, plural, time } from "./format.js";
import { problem } from "./main.js";
import { showContent } from "./message.js";

export const title = "Conversations";

const size = 50;

export async function open(root, { rest, query, signal }) {
  if (rest.length === 2) return openConversation(root, rest[0], rest[1], signal);
  const bots = (await getAll("/v1/bots", signal)).map((bot) => bot.id);
  const bot = select(bots, query.get("bot") ?? bots[0], { onchange: () => load(1) });
  const user = h("input", { type: "search", value: query.get("user") ?? "", placeholder: "All users", onchange: () => load(1) });
  const body = h("tbody");
  const summary = h("p", { class: "muted" });
  const failure = h("div");
  const previous = button("Newer", () => load(page - 1));
  const next = button("Older", () => load(page + 1));
  const forget = button("Delete all…", deleteAll, { class: "danger" });
  let page = 1;
  let total = 0;

  function path() {
    const filter = user.value.trim() ? `user=${segment(user.value.trim())}` : "";
    return [`/v1/bots/${segment(bot.value)}/conversations`, filter];
  }

  async function load(wanted) {
    const [base, filter] = path();
    fill(failure);
    try {
      const answer = await get(`${base}?per_page=${size}&page=${wanted}${filter && `&${filter}`}`, signal);
      page = wanted;
      total = answer.meta.total;
      fill(body, answer.data.map(row));
    } catch (error) {
      if (signal.aborted) return;
      fill(failure, problem(error));
    }
    const chosen = new URLSearchParams({ bot: bot.value });
    if (user.value.trim()) chosen.set("user", user.value.trim());
    history.replaceState(null, "", `#/conversations?${chosen}`);
    setText(summary, total === 0 ? "None is kept." : `${plural(total, "conversation")}, the latest first`);
    previous.disabled = page <= 1;
    next.disabled = page * size >= total;
    previous.hidden = next.hidden = total <= size;
    forget.disabled = total === 0;
    setText(forget, user.value.trim() ? "Delete all of this user…" : "Delete all of this bot…");
  }

  function row(one) {
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, h("a", { href: `#/conversations/${segment(bot.value)}/${segment(one.id)}` }, foreign(one.id))),
      h("td", { class: "number" }, count(one.messages)),
      h("td", null, time(one.updated_at)),
      h("td", null, time(one.created_at)),
      h("td", null, button("Delete", () => deleteOne(one.id), { "aria-label": `Delete ${one.id}` })),
    );
  }

  async function deleteOne(id) {
    if (!(await confirmDeletion("Delete this conversation?", [foreign(id), " of ", foreign(bot.value)]))) return;
    await attempt(() => call("DELETE", `/v1/conversations/${segment(id)}?bot=${segment(bot.value)}`), "The conversation is deleted.");
  }

  async function deleteAll() {
    const [base, filter] = path();
    const whose = filter ? ["of the user ", foreign(user.value.trim())] : ["of all users"];
    if (!(await confirmDeletion(`Delete ${plural(total, "conversation")}?`, ["All conversations ", whose, " with ", foreign(bot.value)]))) return;
    await attempt(() => call("DELETE", `${base}${filter && `?${filter}`}`), "The conversations are deleted.");
  }

  async function attempt(work, done) {
    try {
      await work();
      announce(done);
    } catch (error) {
      fill(failure, problem(error));
      return;
    }
    await load(1);
  }

  fill(
    root,
    h("h1", null, "Conversations"),
    h("div", { class: "bar" }, labelled("Bot", bot), labelled("User", user)),
    failure,
    h("div", { class: "bar" }, summary, forget),
    table("Conversations", ["Conversation", { text: "Messages", number: true }, "Latest", "First", "Actions"], body),
    h("div", { class: "actions" }, previous, next),
  );
  await load(1);
}

function confirmDeletion(heading, what) {
  const content = h("p", null, what, ". Text and ids are erased from memory and file: this cannot be undone.");
  return confirm(heading, content, "Delete", { class: "danger" });
}

async function openConversation(root, bot, id, signal) {
  const filter = `bot=${segment(bot)}`;
  const { data: about } = await get(`/v1/conversations/${segment(id)}?${filter}`, signal);
  const log = h("div");
  const failure = h("div");
  const back = `#/conversations?bot=${segment(bot)}`;
  const older = button("Show later messages", () => load(page + 1), { hidden: true });
  let page = 0;

  async function load(wanted) {
    const { data, meta } = await get(`/v1/conversations/${segment(id)}/messages?${filter}&per_page=100&page=${wanted}`, signal);
    page = wanted;
    append(log, data.map(said));
    older.hidden = page * 100 >= meta.total;
  }

  async function forget() {
    if (!(await confirmDeletion("Delete this conversation?", [foreign(id), " of ", foreign(bot)]))) return;
    try {
      await call("DELETE", `/v1/conversations/${segment(id)}?${filter}`);
      location.hash = back;
    } catch (error) {
      fill(failure, problem(error));
    }
  }

  fill(
    root,
    h("p", null, h("a", { href: back }, "All conversations of ", foreign(bot))),
    h("h1", null, "Conversation ", foreign(id)),
    h("p", { class: "muted" }, `${plural(about.messages, "message")} kept, ${time(about.created_at)} to ${time(about.updated_at)}`),
    h(
      "div",
      { class: "actions" },
      h("a", { href: `#/chat?bot=${segment(bot)}&conversation=${segment(id)}` }, "Continue in the chat"),
      button("Delete…", forget, { class: "danger" }),
    ),
    failure,
    log,
    older,
  );
  await load(1);
}

function said(message) {
  const isUser = message.role === "user";
  const name = isUser ? message.user?.id : message.integration;
  return h(
    "article",
    { class: `said ${isUser ? "user" : "assistant"}` },
    h("h2", { class: "who" }, isUser ? "User " : "Reply ", name && foreign(name), ` · ${time(message.created_at)}`),
    showContent(message.content),
  );
}
