// The settings of bots and integrations, as /openapi.json describes them.

import { get } from "./api.js";

let loaded = null;

/** The settings of a kind, `Bot` or `Integration`, in the order of the file. Read once. */
export async function settingsOf(kind, signal) {
  loaded ??= (await get("/openapi.json", signal)).components.schemas;
  const shown = loaded[kind].properties;
  const patch = loaded[`${kind}Patch`].properties;
  return Object.keys(shown)
    .filter((name) => name !== "id")
    .map((name) => setting(name, shown[name], patch[name] ?? {}));
}

/**
 * One setting.
 * @returns {{name: string, help: string, kind: string, words?: any[], standard?: string, unit?: string}} `kind` is how it is
 *   edited: `fixed`, `truth`, `choice`, `fields`, `values`, `number`, `long` or `text`
 */
function setting(name, shown, patch) {
  const help = plainHelp(shown.description ?? "");
  const types = [patch.type].flat();
  const standard = patch.default == null || patch.default === false ? "" : String(patch.default);
  const unit = /In (seconds|bytes)\.$/.exec(help)?.[1];
  const about = { name, help, standard, unit };
  if (patch.type === "null") return { ...about, kind: "fixed", help: `${help} Only an administrator can change it, in the file.` };
  if (shown.enum) return { ...about, kind: "choice", words: shown.enum };
  if (shown.type === "boolean") return { ...about, kind: "truth" };
  if (types.includes("object")) return { ...about, kind: name === "headers" ? "fields" : "values" };
  if (types.includes("integer") || types.includes("number")) return { ...about, kind: "number" };
  if (patch.pattern?.startsWith("^[^\u0000-\b")) return { ...about, kind: "long" };
  return { ...about, kind: "text" };
}

/** Help texts are Markdown with code only. */
function plainHelp(text) {
  return text.replaceAll("`", "");
}
