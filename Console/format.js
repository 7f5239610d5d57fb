// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A count: `8,412`, or `1.2M` from 100,000 on. */
export function count(number) {
  if (number == null) return "–";
  return number < 100_000 ? whole.format(number) : compact.format(number);
}

/** A part of 1 in percent. */
export function percent(part) {
  if (part == null) return "–";
  const value = part * 100;
  return `${value > 0 && value < 10 ? Number(value.toFixed(1)) : Math.round(value)}\u202f%`;
}

/** Milliseconds, in the unit that suits them. */
export function duration(ms) {
  if (ms == null) return "–";
  if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)}\u202fms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))}\u202fs`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes}\u202fmin`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}\u202fh ${minutes % 60}\u202fmin`;
  return `${Math.floor(hours / 24)}\u202fd ${hours % 24}\u202fh`;
}

/** A number of bytes. */
export function bytes(number) {
  if (number == null) return "–";
  const units = ["B", "KB", "MB", "GB"];
  let value = number;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(value < 10 && unit > 0 ? 1 : 0))}\u202f${units[unit]}`;
}

/** An amount of money; without a currency, because prices have none. */
export function money(amount) {
  if (amount == null) return "–";
  return amount === 0 ? "0" : amount.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** The time of day, with the date unless it is today. */
export function time(text) {
  if (!text) return "–";
  const date = new Date(text);
  const clock = date.toLocaleTimeString("en-GB");
  return date.toDateString() === new Date().toDateString()
    ? clock
    : `${date.toLocaleDateString("en-CA")} ${clock}`;
}

/** How long ago something was. */
export function ago(text) {
  const ms = Date.now() - new Date(text).getTime();
  return ms < 2000 ? "just now" : `${duration(ms)} ago`;
}

/** `1 message`, `2 messages`. */
export function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

/** The texts of a content: a string, or parts. */
export function contentText(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content) ?? "";
  return content
    .map((part) => part.text ?? part.refusal ?? "")
    .filter((text) => text)
    .join("\n");
}
