// Data that stays fresh: asked for while the page is visible, and marked as stale while the gateway does not answer.

import { CallError, onAnswer } from "./api.js";
import { button, fill } from "./dom.js";
import { time } from "./format.js";

/** What is asked again now, instead of later. */
const waiting = new Set();
let lastAnswer = null;
let isLost = false;

/** Shows whether the gateway answers. */
export function watchConnection() {
  onAnswer((isThere) => {
    if (isThere) lastAnswer = new Date().toISOString();
    if (isThere === !isLost) return;
    isLost = !isThere;
    const place = document.getElementById("connection");
    place.hidden = !isLost;
    document.body.classList.toggle("stale", isLost);
    if (!isLost) {
      retryNow();
      return;
    }
    const since = lastAnswer ? ` What you see is of ${time(lastAnswer)}.` : "";
    fill(place, `The gateway does not answer.${since} Trying again. `, button("Try now", retryNow));
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) retryNow();
  });
}

function retryNow() {
  for (const retry of [...waiting]) retry();
}

/** Waits, and continues early if the gateway is back or the page is seen again. While the page is hidden, it waits on. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      if (document.hidden && !signal.aborted) return;
      waiting.delete(end);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    waiting.add(end);
    signal.addEventListener("abort", end, { once: true });
  });
}

/**
 * Repeats a piece of work until the signal ends it. The pause is at least `every` milliseconds and ten times what the work
 * took; after a failure it doubles, up to 30 s.
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {number} every
 * @param {AbortSignal} signal
 * @param {(error: CallError) => void} onError for failures other than a lost connection
 */
export async function repeat(work, every, signal, onError) {
  let wait = every;
  while (!signal.aborted) {
    if (document.hidden) await pause(0, signal);
    if (signal.aborted) return;
    const start = performance.now();
    try {
      await work(signal);
      wait = Math.max(every, 10 * (performance.now() - start));
    } catch (error) {
      if (signal.aborted) return;
      // The page was hidden meanwhile: the work begins again when it is seen.
      if (error.name !== "AbortError") {
        if (!(error instanceof CallError)) throw error;
        if (error.status !== 0) onError(error);
        wait = Math.min(30_000, Math.max(1000, 2 * wait));
      }
    }
    await pause(wait, signal);
  }
}

/** A signal that ends when the page is hidden, or with another one. */
export function whileVisible(signal) {
  const controller = new AbortController();
  const check = () => {
    if (document.hidden) controller.abort();
  };
  document.addEventListener("visibilitychange", check, { signal: controller.signal });
  signal.addEventListener("abort", () => controller.abort(), { once: true, signal: controller.signal });
  return controller.signal;
}
