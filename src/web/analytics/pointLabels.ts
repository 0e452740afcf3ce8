import { language, t } from "../text.ts";
import type { Interval } from "./analyticsTypes.ts";

/** A bucket of time in words, and in the short form below an axis; in the browser's time zone. */
export function labelOf(
  at: string,
  interval: Interval,
): { readonly long: string; readonly short: string } {
  const time = new Date(at);
  if (interval === "hour") {
    return { long: `${DATE.format(time)}, ${HOUR.format(time)}`, short: HOUR.format(time) };
  }
  const date = DATE.format(time);
  const short = SHORT.format(time);
  return { long: interval === "week" ? t("Week of {date}", { date }) : date, short };
}

const DATE = new Intl.DateTimeFormat(language, {
  weekday: "short",
  month: "short",
  day: "numeric",
});
const SHORT = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
const HOUR = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
