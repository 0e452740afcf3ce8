import { dayAt } from "./bookableTimes.ts";

/** How a time is said, in a language, at a moment. */
export interface SpokenTimesOptions {
  /** Such as `en` or `de-AT`. */
  readonly language: string;
  readonly timezone: string;
}

export type SpokenTimes = ReturnType<typeof createSpokenTimes>;

/** Says days and times with their weekday, and today and tomorrow as such. */
export function createSpokenTimes({ language, timezone }: SpokenTimesOptions) {
  const base = language.split("-")[0] ?? language;
  const words = phrases[base];
  const options = { timeZone: timezone } as const;
  const format = (wanted: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, ...wanted });
  const date = format({ month: "long", day: "numeric" });
  const weekday = format({ weekday: "long" });
  const year = format({ year: "numeric" });
  const clock = format({ timeStyle: "short" });

  /** A day, seen from another; both in milliseconds since 1970. */
  function day(time: number, now: number): string {
    const ahead = dayAt(now, timezone).until(dayAt(time, timezone)).days;
    const near = ahead === 0 ? words?.today : ahead === 1 ? words?.tomorrow : undefined;
    const named = base === "en" ? englishDate(date.format(time)) : firstOfMonth(date.format(time));
    return [
      ...(near === undefined ? [] : [near]),
      weekday.format(time),
      // Next year's days are more than half a year away, or soon: said only where they may be mistaken.
      Math.abs(ahead) > FAR_DAYS ? `${named} ${year.format(time)}` : named,
    ].join(", ");
  }

  /** French says "1er" and no other ordinal. */
  function firstOfMonth(text: string): string {
    return base === "fr" ? text.replace(/^1(?= )/, "1er") : text;
  }

  return {
    day,
    /** Such as "tomorrow, Tuesday, December 1st, at 10:30 AM". */
    at(time: number, now: number): string {
      // Narrow spaces are read out by some voices.
      const hour = clock.format(time).replaceAll(/\p{Zs}/gu, " ");
      return words === undefined
        ? `${day(time, now)}, ${hour}`
        : `${day(time, now)}, ${words.at(hour, hourOf(time))}`;
    },
  };

  function hourOf(time: number): number {
    return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone).hour;
  }
}

const FAR_DAYS = 180;

function englishDate(text: string): string {
  return text.replace(/\d+/, (digits) => `${digits}${ordinal(Number(digits))}`);
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

interface Phrases {
  readonly today: string;
  readonly tomorrow: string;
  /** The hour of the day decides the article in Spanish and Portuguese. */
  readonly at: (clock: string, hour: number) => string;
}

const phrases: Readonly<Record<string, Phrases>> = {
  en: { today: "today", tomorrow: "tomorrow", at: (clock) => `at ${clock}` },
  de: { today: "heute", tomorrow: "morgen", at: (clock) => `um ${clock} Uhr` },
  es: {
    today: "hoy",
    tomorrow: "mañana",
    at: (clock, hour) => `${hour === 1 ? "a la" : "a las"} ${clock}`,
  },
  fr: { today: "aujourd'hui", tomorrow: "demain", at: (clock) => `à ${clock}` },
  it: { today: "oggi", tomorrow: "domani", at: (clock) => `alle ${clock}` },
  nl: { today: "vandaag", tomorrow: "morgen", at: (clock) => `om ${clock} uur` },
  pl: { today: "dziś", tomorrow: "jutro", at: (clock) => `o ${clock}` },
  pt: {
    today: "hoje",
    tomorrow: "amanhã",
    at: (clock, hour) => `${hour === 1 ? "à" : "às"} ${clock}`,
  },
};
