import type { Pickup } from "../apiTypes.ts";
import type { Moment } from "./moment.ts";
import { t } from "../text.ts";

const WHO: Readonly<Record<Pickup["who"], string>> = {
  person: t("A person"),
  machine: t("An answering machine"),
  screener: t("A call screener, which asks who is calling,"),
  fax: t("A fax machine"),
};

const WHY: Readonly<Record<string, string>> = {
  words: t("by what was said"),
  short_greeting: t("the greeting was short"),
  long_greeting: t("the greeting was as long as a recorded one"),
  no_beep: t("no beep came after the greeting"),
  beep: t("a beep was heard"),
  fax_tone: t("its tone was heard"),
  silence: t("nothing was said"),
  detection: t("by Twilio's machine detection"),
  spoke: t("somebody spoke in the middle"),
};

/** Who is at the far end, as far as is known then, and how that was found out. */
export function pickupMoment({ who, why, atMs }: Pickup): Moment {
  const reason = WHY[why];
  const text = reason === undefined
    ? t("{who} is on the line.", { who: WHO[who] })
    : t("{who} is on the line ({reason}).", { who: WHO[who], reason });
  return { id: `pickup:${atMs}`, atMs, text };
}
