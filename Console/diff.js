// Lines of the configuration file that change.

import { h } from "./dom.js";

/** A unified diff. Signs, not colours alone, tell lines that come from lines that go. */
export function showDiff(text) {
  const lines = text.replace(/\n$/, "").split("\n").map((line) => {
    const kind = line.startsWith("---") || line.startsWith("+++") ? "file" : { "-": "removed", "+": "added", "@": "place" }[line[0]];
    return h("div", { class: kind ?? null, dir: "auto" }, line);
  });
  return h("pre", { class: "diff", tabindex: "0", role: "region", "aria-label": "Lines that change" }, lines);
}
