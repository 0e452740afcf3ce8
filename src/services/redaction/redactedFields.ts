import { isRecord } from "../../utils/isRecord.ts";

/** Fields of events that hold words; all others hold names, codes and figures. */
const TEXTS: ReadonlySet<string> = new Set([
  "text",
  "unheard",
  "arguments",
  "output",
  "facts",
  "summary",
  "reason",
  "why",
  "briefing",
  "question",
  "sentence",
  "words",
  "said",
  "heard",
  "keys",
  "note",
  "message",
]);

/** The event with its texts rewritten, wherever they stand in it; the same where none is changed. */
export function redactedFields<Event extends object>(
  event: Event,
  rewrite: (text: string, name: string) => string,
): Event {
  const changed = Object.entries(event).flatMap(([name, value]) => {
    const shown = rewritten(name, value);
    return shown === value ? [] : [[name, shown]];
  });
  return changed.length === 0 ? event : { ...event, ...Object.fromEntries(changed) };

  function rewritten(name: string, value: unknown): unknown {
    if (typeof value === "string") return TEXTS.has(name) ? rewrite(value, "") : value;
    if (Array.isArray(value)) {
      const shown = value.map((each) => rewritten(name, each));
      return shown.every((each, at) => each === value[at]) ? value : shown;
    }
    return isRecord(value) ? redactedFields(value, rewrite) : value;
  }
}
