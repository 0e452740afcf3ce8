import { z } from "zod";
import { closed, type Hours, week } from "./hoursSchema.ts";

/** When people may be called, by the clocks of the number that is called. */
export interface CallingTimes extends Pick<Hours, "week" | "closed"> {
  /** Whether the national holidays of the number's country are days without calls. */
  readonly holidays: "closed" | "open";
}

const COUNTRY = /^[A-Z]{2}$/;

const text = z.string().trim().min(1).max(600);

/** One text for all countries, or one for each; `default` is for those that are not named. */
const disclosure = z.union(
  [
    text.transform((text) => ({ default: text })),
    z.record(
      z.string().refine(
        (key) => key === "default" || COUNTRY.test(key),
        "must be a country such as DE, or default",
      ),
      text,
    ),
  ],
  "must be a sentence of 1 to 600 characters, or sentences by country (US, DE, ... or default)",
);

const times = z.strictObject({
  open: week,
  closed,
  holidays: z.enum(["closed", "open"]).default("closed"),
}).transform(({ open, ...rest }): CallingTimes => ({ week: open, ...rest }));

/** What `country` stands for is in `services/spending/destinations/countryHours.json`. */
const hours = z.union([z.literal(["country", "off"]), times]);

const optOut = z.strictObject({
  /** The key that stands for it; by default 9, where the disclosure speaks of that. */
  key: z.string().regex(/^[0-9]$/, 'must be a digit in quotes, such as "9"').optional(),
  /** What the person hears last. */
  sentence: text.optional(),
});

/** `outbound` of an agent's file: how it calls people. */
export const outbound = z.strictObject({
  disclosure: disclosure.optional(),
  hours: hours.default("country"),
  /** Where a country's hours are to be others than `hours`. */
  countries: z.record(
    z.string().regex(COUNTRY, "must be a country such as DE"),
    z.strictObject({ hours }),
  ).default({}),
  /** To one number in a day of its own, whoever asks for them. */
  attempts_per_day: z.number().int().min(1).max(100).default(3),
  consent: z.enum(["required", "optional"]).default("optional"),
  /** Consent that is older does not count. */
  consent_days: z.number().int().min(1).max(3650).optional(),
  opt_out: z.union([z.literal("off"), optOut]).default({}),
});

export type OutboundRules = z.infer<typeof outbound>;

/** What the called person hears first, as the file has it. */
export function disclosureFor(
  rules: Pick<OutboundRules, "disclosure"> | undefined,
  country: string | undefined,
): string | undefined {
  const texts: Readonly<Record<string, string | undefined>> = rules?.disclosure ?? {};
  return (country === undefined ? undefined : texts[country]) ?? texts["default"];
}
