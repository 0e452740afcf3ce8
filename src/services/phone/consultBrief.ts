import type { CallEvent } from "../../call/callEvent.ts";
import type { CallRequest } from "../../call/types.ts";
import { isPhoneNumber, isWithheld } from "../../utils/phoneNumber.ts";
import type { ConsultTexts } from "../twilioOutbound.ts";

/** Twilio reads 4096 characters; nobody listens to as many. */
const MAX_BRIEF = 600;
const MAX_WORDS = 300;

/**
 * What a person is told of a caller: who calls, and why. The agent's own summary where it gave one, else what the caller
 * has said last; both are of what was heard, for the agent remembers nothing else.
 */
export function consultBrief(
  { intro, number, said }: Pick<ConsultTexts, "intro" | "number" | "said">,
  { request, brief, events }: {
    readonly request: Pick<CallRequest, "direction" | "caller">;
    readonly brief: string | undefined;
    /** Of the call so far, as it was heard. */
    readonly events: readonly CallEvent[];
  },
): string {
  const { direction, caller } = request;
  const isKnown = direction === "inbound" && caller !== undefined && isPhoneNumber(caller) &&
    !isWithheld(caller);
  const told = sentence(brief, MAX_BRIEF) ?? quoted(said, lastWords(events));
  return [
    intro,
    isKnown ? number.replace("{{number}}", digitsOf(caller)) : undefined,
    told,
  ].filter((part) => part !== undefined).join(" ");
}

/** The caller's last spoken words that are long enough to say something: on a phone, only operators write. */
function lastWords(events: readonly CallEvent[]): string | undefined {
  const turns = events.flatMap((event) =>
    event.type === "turn" && event.turn.role === "caller" && event.turn.by === "voice"
      ? [event.turn.text.trim()]
      : []
  );
  let words = "";
  for (const turn of turns.reverse()) {
    if (turn === "" || words.length + turn.length > MAX_WORDS) continue;
    words = `${turn} ${words}`.trim();
    if (words.length > MAX_WORDS / 2) break;
  }
  return words === "" ? undefined : words;
}

function quoted(said: string, words: string | undefined): string | undefined {
  return words === undefined ? undefined : said.replace("{{words}}", () => words);
}

/** At most so much of a text, cut at a word; undefined where there is none. */
function sentence(text: string | undefined, maxLength: number): string | undefined {
  const plain = text?.replaceAll(/\s+/g, " ").trim() ?? "";
  if (plain === "") return undefined;
  if (plain.length <= maxLength) return /[.!?…]$/.test(plain) ? plain : `${plain}.`;
  return `${plain.slice(0, plain.lastIndexOf(" ", maxLength))}.`;
}

/** One by one: a voice reads them as digits then. */
function digitsOf(number: string): string {
  return [...number.replace("+", "")].join(" ");
}
