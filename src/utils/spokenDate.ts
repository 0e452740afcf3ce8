/** An ISO date, or date and time, as one says it in a language; undefined for what is neither. */
export function spokenDate(text: string, language: string): string | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute] = match;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  const isDay = hour === undefined;
  const ms = isDay ? Date.UTC(Number(year), Number(month) - 1, Number(day)) : at;
  if (!Number.isFinite(ms) || new Date(ms).getUTCDate() !== Number(day)) return undefined;
  return new Intl.DateTimeFormat(language, {
    timeZone: "UTC",
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    ...(!isDay && { hour: "numeric", minute: "2-digit" }),
  }).format(ms);
}

/** Times are said as they are written, whatever their zone. */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
