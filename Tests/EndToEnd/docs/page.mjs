// Runs the script of a page with a document of its own: node page.mjs SCRIPT ADDRESS AUTHORIZATION QUESTION
// Prints the paragraphs that the page shows, as JSON.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const [script, address, authorization, question] = process.argv.slice(2);
const elements = {};
const chat = [];

function element() {
  const listeners = {};
  return {
    textContent: "",
    value: "",
    append: (child) => chat.push(child),
    addEventListener: (type, listener) => (listeners[type] = listener),
    dispatch: (type) => listeners[type]({ preventDefault() {} }),
  };
}

globalThis.document = {
  getElementById: (id) => (elements[id] ??= element()),
  createElement: element,
};
const fetchFromNetwork = fetch;
globalThis.fetch = (path, options) =>
  fetchFromNetwork(address + path, {
    ...options,
    headers: { ...options.headers, Authorization: authorization },
  });
runInThisContext(readFileSync(script, "utf8"));
document.getElementById("input").value = question;
elements.form.dispatch("submit");
process.on("exit", () => console.log(JSON.stringify(chat.map((line) => line.textContent))));
