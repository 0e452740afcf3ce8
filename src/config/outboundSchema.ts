import { z } from "zod";

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

/** `outbound` of an agent's file: how it calls people. */
export const outbound = z.strictObject({
  disclosure: disclosure.optional(),
});

export type OutboundRules = z.infer<typeof outbound>;

/** What the called person hears first, as the file has it. */
export function disclosureFor(
  { disclosure }: Pick<OutboundRules, "disclosure">,
  country: string | undefined,
): string | undefined {
  if (disclosure === undefined) return undefined;
  const texts: Readonly<Record<string, string | undefined>> = disclosure;
  return (country === undefined ? undefined : texts[country]) ?? texts.default;
}
