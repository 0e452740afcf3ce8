import { language, t } from "./text.ts";

/** Minutes and seconds: `1:07`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A short time span: `640 ms`, `1.2 s`. */
export function formatSpan(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${formatDecimal((ms / 1000).toFixed(1))} s`;
}

/** `$1.25`, `$0.041`; a dash for null, the price is not known. */
export function formatDollars(usd: number | null): string {
  if (usd === null) return "—";
  if (usd === 0) return inDollars("0");
  if (usd < 0.001) return `<${inDollars("0.001")}`;
  return inDollars(usd.toFixed(usd < 1 ? 3 : 2));
}

/** The same to a hundredth of a cent: `$0.0123`. */
export function formatExactDollars(usd: number | null): string {
  if (usd === null) return "—";
  return inDollars(usd === 0 ? "0" : usd.toFixed(4));
}

/** A number such as `0.5` with the decimal point of the language. */
export function formatDecimal(number: number | string): string {
  return language === "de" ? String(number).replace(".", ",") : String(number);
}

/** A whole number with thousands separators. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `1 call`, `1,204 calls`. */
export function formatCalls(count: number): string {
  return count === 1 ? t("1 call") : t("{count} calls", { count: formatCount(count) });
}

/** Hours and minutes, in the browser's time zone: `20:39`. */
export function formatTime(moment: string): string {
  return TIME.format(new Date(moment));
}

/** The same with its time zone, as it is at that moment: `20:39 GMT+1`. */
export function formatZonedTime(moment: string): string {
  const zone = ZONE.formatToParts(new Date(moment)).find(({ type }) => type === "timeZoneName");
  return `${formatTime(moment)} ${zone?.value ?? ""}`.trim();
}

/** The day of an ISO 8601 time, relative to `now`: `Today`, `Tuesday, November 17`. */
export function formatDay(moment: string, now: Date): string {
  const day = new Date(moment);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) return t("Today");
  if (day.toDateString() === yesterday.toDateString()) return t("Yesterday");
  return (day.getFullYear() === now.getFullYear() ? DAY : DAY_OF_YEAR).format(day);
}

/** The same within a sentence: `today`, `Tuesday, November 17`. */
export function formatDayWithin(moment: string, now: Date): string {
  const day = formatDay(moment, now);
  return day === t("Today") || day === t("Yesterday") ? day.toLowerCase() : day;
}

function inDollars(amount: string): string {
  return language === "de" ? `${formatDecimal(amount)} $` : `$${amount}`;
}

const COUNT = new Intl.NumberFormat(language);
const TIME = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const ZONE = new Intl.DateTimeFormat(language, { timeZoneName: "short" });
const DAY = new Intl.DateTimeFormat(language, { weekday: "long", month: "long", day: "numeric" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(language, { dateStyle: "full" });
