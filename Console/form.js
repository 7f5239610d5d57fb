// A form for a bot or an integration. Before it is saved, it shows which lines of the file change.

import { CallError, call, segment, send } from "./api.js";
import { announce, append, button, confirm, fill, foreign, h, labelled } from "./dom.js";
import { showDiff } from "./diff.js";
import { field } from "./fields.js";
import { guard, go, problem } from "./main.js";
import { settingsOf } from "./schema.js";
import { trials } from "./trials.js";

/** The settings that most people need. The others are folded. */
const common = ["name", "system", "type", "webhook_url", "model", "headers", "weight", "fallback", "enabled"];

export async function openForm(root, { isBot, id, bot, signal }) {
  const kind = isBot ? "bot" : "integration";
  const path = `/v1/${kind}s/${segment(id ?? "")}`;
  const settings = await settingsOf(isBot ? "Bot" : "Integration", signal);
  let { object, tag } = id ? await read(path, signal) : { object: {}, tag: null };
  let fields = [];
  const isNew = !id;
  const name = h("input", { pattern: "[a-z0-9][a-z0-9_\\-]{0,63}", maxlength: "64", required: true, autocapitalize: "none", spellcheck: "false" });
  const notice = h("div");
  const body = h("div");
  const save = h("button", { class: "main" }, "Review and save…");

  function build(kept) {
    fields = settings.map((setting) => field(setting, isNew ? undefined : object[setting.name], changed));
    // With nothing to change, a new integration belongs to the bot that it was added to.
    if (isNew && !isBot) fields = fields.filter((one) => one.name !== "bot");
    const first = fields.filter((one) => common.includes(one.name));
    const others = fields.filter((one) => !common.includes(one.name));
    fill(
      body,
      isNew && labelled("id", name, "The name of its section in the file: a-z, 0-9, _ and -, beginning with a letter or digit."),
      first.map((one) => one.element),
      h("details", { open: kept }, h("summary", null, `${others.length} more settings`), others.map((one) => one.element)),
    );
  }

  function patch() {
    const members = {};
    for (const one of fields) {
      const change = one.change();
      if (change !== undefined) members[one.name] = change;
    }
    return members;
  }

  function changed() {
    const hasChanges = isNew ? name.value !== "" : Object.keys(patch()).length > 0;
    save.disabled = !isNew && !hasChanges;
    guard((isClosing) => !hasChanges || (!isClosing && window.confirm("Leave without saving?")));
  }

  /** Asks whether these lines may change, and makes the change. */
  async function submit(event) {
    event.preventDefault();
    const members = patch();
    const target = isNew ? name.value : id;
    if (isNew && !isBot) members.bot = bot;
    fill(notice);
    try {
      const { data } = await call("POST", "/v1/configuration/preview", { body: { [`${kind}s`]: { [target]: members } } });
      const content = data.diff === "" ? h("p", null, "The file stays as it is.") : showDiff(data.diff);
      if (!(await confirm("Lines of the file that change", content, "Save"))) return;
      if (isNew) await create(target, members);
      else await change(members);
    } catch (error) {
      refuse(error);
    }
  }

  async function create(target, members) {
    delete members.bot;
    const place = isBot ? "/v1/bots" : `/v1/bots/${segment(bot)}/integrations`;
    await call("POST", place, { body: { id: target, ...members } });
    guard(() => true);
    announce("It is added.");
    go(`/configuration/${kind}s/${segment(target)}`);
  }

  async function change(members) {
    const response = await send("PATCH", path, { body: members, fields: { "If-Match": tag } });
    object = (await response.json()).data;
    tag = response.headers.get("ETag");
    build(body.querySelector("details").open);
    changed();
    fill(notice, h("p", { class: "notice good", role: "status" }, "Saved. It applies now."));
  }

  /** Shows why a change was refused, at the field that it is about. */
  async function refuse(error) {
    if (error instanceof CallError && error.status === 412) return explainConflict();
    const about = error instanceof CallError && error.param?.split(".")[0];
    const one = about && fields.find((own) => own.name === about);
    if (!one) return fill(notice, problem(error));
    one.element.closest("details")?.setAttribute("open", "");
    one.fail(error.message);
    one.focus();
  }

  /** Another change was made meanwhile: what is typed stays, and the user sees what is different now. */
  async function explainConflict() {
    const now = await read(path, signal);
    const own = patch();
    const others = settings
      .map((setting) => setting.name)
      .filter((one) => JSON.stringify(now.object[one]) !== JSON.stringify(object[one]));
    tag = now.tag;
    const lines = others.map((one) =>
      h("li", null, `${one}: `, foreign(shown(object[one])), " is now ", foreign(shown(now.object[one])), one in own && h("strong", null, " (you change it, too)")),
    );
    fill(
      notice,
      h(
        "div",
        { class: "notice bad", role: "alert" },
        h("p", null, others.length > 0 ? "It was changed since you opened it. Your changes are still here, and not saved:" : "The gateway was restarted since you opened this. Your changes are still here, and not saved."),
        h("ul", null, lines),
        h("p", null, "Save again to make your changes on top of that, or ", button("start over", () => location.reload()), "."),
      ),
    );
  }

  async function remove() {
    fill(notice);
    try {
      const { data } = await call("POST", "/v1/configuration/preview", { body: { [`${kind}s`]: { [id]: null } } });
      const more = isBot && h("p", null, "Its integrations and its conversations are deleted, too.");
      if (!(await confirm(`Delete the ${kind} ${id}?`, [more, showDiff(data.diff)], "Delete", { class: "danger" }))) return;
      await call("DELETE", path, { fields: { "If-Match": tag } });
      guard(() => true);
      announce("It is deleted.");
      go("/configuration");
    } catch (error) {
      refuse(error);
    }
  }

  const heading = isNew ? (isBot ? "New bot" : ["New integration of ", foreign(bot)]) : [isBot ? "Bot " : "Integration ", foreign(id)];
  const form = h("form", { onsubmit: submit }, body, h("div", { class: "actions sticky" }, save, !isNew && button("Delete…", remove, { class: "danger" })));
  name.addEventListener("input", changed);
  build(false);
  changed();
  fill(root, h("p", null, h("a", { href: "#/configuration" }, "All bots and integrations")), h("h1", null, heading), notice, form);
  if (!isNew && !isBot) append(root, trials(id));
}

async function read(path, signal) {
  const response = await send("GET", path, { signal });
  return { object: (await response.json()).data, tag: response.headers.get("ETag") };
}

function shown(value) {
  return value == null ? "the default" : typeof value === "string" ? value : JSON.stringify(value);
}
