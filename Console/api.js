// Calls of Postern's interface. The key is in the session's storage only, and goes out as a field of each request, so
// that no other site can act with it.

import { askForKey } from "./key.js";

const stored = "postern.key";

/** What the gateway refused, or did not answer. `status` is 0 without an answer. */
export class CallError extends Error {
  constructor(status, error, body) {
    super(error.message ?? `The gateway answers ${status}.`);
    this.status = status;
    this.code = error.code;
    this.param = error.param;
    this.attempts = body?.attempts ?? [];
  }
}

const listeners = new Set();

/** Calls `listener` with whether the gateway answers, after each call. */
export function onAnswer(listener) {
  listeners.add(listener);
}

function tell(isThere) {
  for (const listener of listeners) listener(isThere);
}

/** Whether a key is in use. */
export function hasKey() {
  return sessionStorage.getItem(stored) !== null;
}

/** Forgets the key, and asks for another one. */
export async function changeKey(reason) {
  const key = await askForKey(reason);
  if (key === null) return false;
  if (key === "") sessionStorage.removeItem(stored);
  else sessionStorage.setItem(stored, key);
  return true;
}

/**
 * Sends a request, and asks for a key as often as the gateway wants another one.
 * @param {string} method
 * @param {string} path
 * @param {{body?: any, fields?: Record<string, string>, signal?: AbortSignal}} [options] `body` is sent as JSON
 * @returns {Promise<Response>} an answer with a status below 400
 */
export async function send(method, path, { body, fields, signal } = {}) {
  for (;;) {
    const key = sessionStorage.getItem(stored);
    const headers = { ...fields };
    if (key !== null) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await answer(path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
    if (response.status < 400) return response;
    const problem = await read(response);
    if (response.status !== 401) throw new CallError(response.status, problem.error ?? {}, problem);
    // Another call may have asked meanwhile.
    if (key !== sessionStorage.getItem(stored)) continue;
    const reason = key === null ? "" : "The gateway does not accept this key.";
    if (!(await changeKey(reason))) {
      throw new CallError(401, { code: "invalid_key", message: "A key is needed: press Key… to enter one." });
    }
  }
}

async function answer(path, options) {
  try {
    const response = await fetch(path, options);
    tell(true);
    return response;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    tell(false);
    throw new CallError(0, { code: "unreachable", message: "The gateway does not answer." });
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    // A proxy may answer in HTML: then the status is all that is known.
    return {};
  }
}

/** Sends a request and reads its JSON; `null` for an answer without a body. */
export async function call(method, path, options) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    tell(false);
    throw new CallError(0, { code: "unreachable", message: "The gateway's answer broke off." });
  }
}

/** Reads a resource. */
export function get(path, signal) {
  return call("GET", path, { signal });
}

/** Reads all pages of a list. */
export async function getAll(path, signal) {
  const items = [];
  for (let page = 1; ; page += 1) {
    const mark = path.includes("?") ? "&" : "?";
    const answer = await get(`${path}${mark}per_page=100&page=${page}`, signal);
    items.push(...answer.data);
    if (items.length >= answer.meta.total || answer.data.length === 0) return items;
  }
}

/** The ids of the bots; with a key for chat alone, of those that answer. */
export async function botNames(signal) {
  try {
    return (await getAll("/v1/bots", signal)).map((bot) => bot.id);
  } catch (error) {
    if (!(error instanceof CallError) || error.status !== 403) throw error;
    // Models. An alias has no integrations: "support/gpt" follows "support".
    const names = (await get("/v1/models", signal)).data.map((model) => model.id);
    return names.filter((name) => names.some((other) => other.startsWith(`${name}/`)));
  }
}

/**
 * Reads server-sent events from an answer until it ends.
 * @param {Response} response
 * @param {(event: string, data: string) => void} handle
 */
export async function readEvents(response, handle) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await next(reader);
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      let event = "message";
      const data = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) event = line.slice(7);
        else if (line.startsWith("data: ")) data.push(line.slice(6));
      }
      if (data.length > 0) handle(event, data.join("\n"));
    }
  }
}

async function next(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new CallError(0, { code: "interrupted", message: "The answer broke off: the connection to the gateway ended." });
  }
}

/** A segment of a path. */
export function segment(text) {
  return encodeURIComponent(text);
}
