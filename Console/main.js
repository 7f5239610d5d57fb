// Which page is shown, by what follows `#` in the address.

import { CallError, changeKey, hasKey, onAnswer } from "./api.js";
import { announce, button, fill, h } from "./dom.js";
import { watchConnection } from "./live.js";

/** A page is a module with a title and a function that fills the main element, until a signal ends it. */
const pages = {
  overview: () => import("./overview.js"),
  chat: () => import("./chat.js"),
  exchanges: () => import("./exchanges.js"),
  conversations: () => import("./conversations.js"),
  configuration: () => import("./configuration.js"),
  connect: () => import("./connect.js"),
};

let current = new AbortController();
/** Keeps the user from leaving a page by mistake. */
let mayLeave = () => true;
let shown = "";

/** The page asks before it is left: `check` says whether it may be. */
export function guard(check) {
  mayLeave = check;
}

/** Goes to an address of the console. */
export function go(address) {
  location.hash = address;
}

/** What is wrong, and what the user can do about it here. */
export function problem(error) {
  if (!(error instanceof CallError)) throw error;
  const advice = [];
  if (error.status === 401 || error.code === "insufficient_scope") {
    advice.push(
      button("Use another key", async () => {
        if (await changeKey("")) show();
      }),
    );
  }
  return h("div", { class: "notice bad", role: "alert" }, h("p", null, error.message), advice);
}

async function show() {
  const [path, query] = (location.hash.replace(/^#\/?/, "") || "overview").split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  if (!Object.hasOwn(pages, name)) {
    go("/overview");
    return;
  }
  current.abort();
  current = new AbortController();
  const { signal } = current;
  mayLeave = () => true;
  for (const link of document.querySelectorAll("#pages a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const isFirst = shown === "";
  shown = location.hash;
  const page = await pages[name]();
  if (signal.aborted) return;
  const main = document.getElementById("main");
  document.title = `${page.title} · Postern`;
  const root = h("div", { class: `page ${name}` });
  fill(main, root);
  if (!isFirst) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
    announce(page.title);
  }
  try {
    await page.open(root, { rest, query: new URLSearchParams(query ?? ""), signal });
  } catch (error) {
    if (!signal.aborted) fill(root, h("h1", null, page.title), problem(error));
  }
}

addEventListener("hashchange", () => {
  if (location.hash === shown) return;
  if (!mayLeave()) {
    history.replaceState(null, "", shown || "#/overview");
    return;
  }
  show();
});
addEventListener("beforeunload", (event) => {
  if (!mayLeave(true)) event.preventDefault();
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
document.getElementById("key").addEventListener("click", async () => {
  if (await changeKey("")) show();
});
onAnswer(() => (document.getElementById("key").hidden = !hasKey()));
watchConnection();
show();
