// One conversation with a bot, or with one of its integrations.

import { CallError, get, getAll, readEvents, segment, send } from "./api.js";
import { announce, append, button, fill, foreign, h, select } from "./dom.js";
import { attemptList, showContent } from "./message.js";

export class ChatPane {
  #target;
  #log = h("div", { class: "log", role: "region", "aria-label": "Conversation", tabindex: "0" });
  #about = h("p", { class: "muted about" });
  #conversation;
  #controller = null;
  #signal;

  /**
   * @param {[string, string][]} targets bots and integrations, as pairs of value and text
   * @param {{target?: string | null, conversation?: string | null, signal: AbortSignal}} options
   */
  constructor(targets, { target, conversation, signal }) {
    const isKnown = targets.some(([value]) => value === target);
    this.#target = select(targets, isKnown ? target : targets[0]?.[0], {
      "aria-label": "Bot",
      onchange: () => this.restart(),
    });
    this.#conversation = conversation ?? null;
    this.#signal = signal;
    this.element = h("section", { class: "pane", "aria-label": "Chat" }, this.#target, this.#about, this.#log);
    signal.addEventListener("abort", () => this.stop());
    this.#showAbout();
  }

  get isBusy() {
    return this.#controller !== null;
  }

  stop() {
    this.#controller?.abort();
  }

  remove() {
    this.stop();
    this.element.remove();
  }

  /** Begins another conversation. */
  restart() {
    this.stop();
    this.#conversation = null;
    fill(this.#log);
    this.#showAbout();
  }

  /** Shows what was said before in the conversation that is continued. */
  async showHistory() {
    if (!this.#conversation) return;
    const bot = this.#target.value.split("/")[0];
    const path = `/v1/conversations/${segment(this.#conversation)}/messages?bot=${segment(bot)}`;
    try {
      for (const message of await getAll(path, this.#signal)) {
        this.#add(message.role, showContent(message.content));
      }
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#add("problem", error.message);
    }
  }

  #showAbout() {
    fill(this.#about, this.#conversation ? ["Conversation ", foreign(this.#conversation)] : "A new conversation");
  }

  #add(role, ...content) {
    const names = { user: "You", assistant: "Reply", problem: "Problem" };
    const element = h("article", { class: `said ${role}` }, h("h2", { class: "who" }, names[role] ?? role), content);
    append(this.#log, element);
    this.#log.scrollTop = this.#log.scrollHeight;
    return element;
  }

  /** Sends a message and shows the reply as it comes. */
  async send(content) {
    const [bot, integration] = this.#target.value.split("/");
    this.#add("user", showContent(content));
    const thinking = h("pre", { class: "thinking", dir: "auto" });
    const folded = h("details", { hidden: true }, h("summary", null, "Thinking"), thinking);
    const text = h("div", { class: "text", dir: "auto" });
    const end = h("div");
    const reply = this.#add("assistant", folded, text, end);
    reply.setAttribute("aria-busy", "true");
    this.#controller = new AbortController();
    const sink = new Sink(text, thinking, folded, this.#log);
    try {
      const turn = { bot, integration, content, sink, signal: this.#controller.signal };
      const result = await (integration ? this.#sendPinned(turn) : this.#sendNative(turn));
      sink.flush();
      append(end, result);
      announce("The reply is complete.");
    } catch (error) {
      sink.flush();
      if (error.name === "AbortError") {
        append(end, h("p", { class: "muted" }, "Stopped."));
      } else {
        if (!(error instanceof CallError)) throw error;
        append(end, h("p", { class: "notice bad", role: "alert" }, foreign(error.message)), attemptList(error.attempts));
        if (error.attempts.length === 0 && error.status !== 0) append(end, button("Send again", () => this.#resend(reply, content)));
      }
    } finally {
      this.#controller = null;
      reply.removeAttribute("aria-busy");
      this.#log.scrollTop = this.#log.scrollHeight;
    }
  }

  #resend(reply, content) {
    reply.previousElementSibling?.remove();
    reply.remove();
    return this.send(content);
  }

  async #sendNative({ bot, content, sink, signal }) {
    const body = { content, stream: true };
    if (this.#conversation) body.conversation_id = this.#conversation;
    const response = await send("POST", `/v1/bots/${segment(bot)}/messages`, { body, signal });
    let answer = null;
    await readEvents(response, (event, data) => {
      const value = JSON.parse(data);
      if (event === "delta") sink.add(value);
      else if (event === "message") answer = value.data;
      else if (event === "error") throw new CallError(response.status, value.error, value);
    });
    if (!answer) throw brokenOff();
    this.#conversation = answer.conversation_id;
    this.#showAbout();
    if (!sink.hasText) fill(sink.text, showContent(answer.content));
    const { model, usage } = answer.metadata;
    return [about(answer.integration, model, usage), attemptList(answer.attempts ?? [])];
  }

  /** An integration of a bot is a model of OpenAI's interface. The recorder knows what was tried. */
  async #sendPinned({ bot, integration, content, sink, signal }) {
    this.#conversation ??= `conv_${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    this.#showAbout();
    const response = await send("POST", "/v1/chat/completions", {
      body: {
        model: `${bot}/${integration}`,
        messages: [{ role: "user", content }],
        stream: true,
        stream_options: { include_usage: true },
      },
      fields: { "X-Conversation-Id": this.#conversation },
      signal,
    });
    let model = null;
    let usage = null;
    let isComplete = false;
    await readEvents(response, (_, data) => {
      if (data === "[DONE]") {
        isComplete = true;
        return;
      }
      const value = JSON.parse(data);
      if (value.error) throw new CallError(response.status, value.error, value);
      model = value.model ?? model;
      usage = value.usage ?? usage;
      const delta = value.choices?.[0]?.delta ?? {};
      sink.add({ content: delta.content, reasoning: delta.reasoning_content ?? delta.reasoning });
    });
    if (!isComplete) throw brokenOff();
    let attempts = [];
    try {
      attempts = (await get(`/v1/exchanges/${segment(response.headers.get("X-Request-Id"))}`, signal)).data.attempts;
    } catch (error) {
      // The reply is there all the same: a key for chat alone may not read what was tried.
      if (!(error instanceof CallError)) throw error;
    }
    return [about({ id: integration }, model, usage), attemptList(attempts)];
  }
}

function brokenOff() {
  return new CallError(0, { code: "interrupted", message: "The reply broke off: the connection to the gateway ended." });
}

/** A line about a reply: the integration, the model and the tokens. */
function about(integration, model, usage) {
  const input = usage?.prompt_tokens ?? usage?.input_tokens;
  const output = usage?.completion_tokens ?? usage?.output_tokens;
  const parts = [];
  if (integration) parts.push(foreign(integration.id));
  if (model && model !== integration?.id) parts.push(foreign(model));
  if (input || output) parts.push(`${input ?? "?"} tokens in, ${output ?? "?"} out`);
  return h("p", { class: "muted" }, parts.flatMap((part, at) => (at === 0 ? [part] : [" · ", part])));
}

/** Shows the pieces of a reply, at most once a frame. */
class Sink {
  #content = "";
  #reasoning = "";
  #isDue = false;

  constructor(text, thinking, folded, log) {
    Object.assign(this, { text, thinking, folded, log });
  }

  get hasText() {
    return this.#content !== "" || this.text.textContent !== "";
  }

  add({ content, reasoning }) {
    if (typeof content === "string") this.#content += content;
    if (typeof reasoning === "string") this.#reasoning += reasoning;
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => this.flush(), 40);
  }

  flush() {
    this.#isDue = false;
    const isAtEnd = this.log.scrollTop + this.log.clientHeight > this.log.scrollHeight - 40;
    if (this.#content) this.text.append(this.#content);
    if (this.#reasoning) {
      this.thinking.append(this.#reasoning);
      this.folded.hidden = false;
    }
    this.#content = this.#reasoning = "";
    if (isAtEnd) this.log.scrollTop = this.log.scrollHeight;
  }
}
