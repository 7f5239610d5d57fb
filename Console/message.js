// What was said, and what was tried for it.

import { foreign, h } from "./dom.js";
import { duration } from "./format.js";

/** The content of a message: a text, or parts. */
export function showContent(content) {
  if (typeof content === "string") return h("div", { class: "text", dir: "auto" }, content);
  if (!Array.isArray(content)) return h("pre", null, JSON.stringify(content, null, 2));
  return content.map(showPart);
}

function showPart(part) {
  if (typeof part?.text === "string") return h("div", { class: "text", dir: "auto" }, part.text);
  if (typeof part?.refusal === "string") return h("div", { class: "text", dir: "auto" }, part.refusal);
  const url = part?.image_url?.url;
  if (typeof url === "string" && /^data:image\//.test(url)) return h("img", { src: url, alt: "An image of the message" });
  if (typeof url === "string" && /^https?:/.test(url)) {
    return h("p", null, h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, foreign(`Image: ${url}`)));
  }
  return h("pre", null, JSON.stringify(part, null, 2).slice(0, 2000));
}

/** The attempts for a message, one after another; nothing for one that succeeded at once. */
export function attemptList(attempts) {
  if (attempts.length === 0) return null;
  const items = attempts.map((attempt) =>
    h(
      "li",
      null,
      h("span", { class: `state ${attempt.outcome === "ok" ? "good" : "bad"}` }, attempt.outcome),
      " ",
      foreign(attempt.integration),
      ` ${[attempt.status, duration(attempt.duration_ms)].filter(Boolean).join(", ")}`,
      attempt.message && h("p", null, foreign(attempt.message)),
    ),
  );
  const isPlain = attempts.length === 1 && attempts[0].outcome === "ok";
  const list = h("ol", { class: "attempts" }, items);
  return h("details", { open: !isPlain }, h("summary", null, attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`), list);
}
