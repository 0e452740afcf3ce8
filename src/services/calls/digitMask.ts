import type { CallEvent } from "../../call/callEvent.ts";

/** Shorter entries are too common to be masked inside longer numbers. */
const MIN_INNER_DIGITS = 4;
const MAX_ENTRIES = 50;

/**
 * Creates the function that masks sensitive digits in later events of their call: the model may repeat
 * them to tools and in its speech, and tools may return them.
 */
export function createDigitMask(): (callId: string, event: CallEvent) => CallEvent {
  const entered = new Map<string, RegExp[]>();

  return function masked(callId, event) {
    if (event.type === "digits" && event.sensitive) remember(callId, event.digits);
    const patterns = entered.get(callId);
    if (event.type === "ended" || event.type === "handedOver") entered.delete(callId);
    if (patterns === undefined) return event;
    const mask = (text: string) =>
      patterns.reduce(
        (shown, pattern) => shown.replace(pattern, (run) => run.replace(/\d/g, "•")),
        text,
      );
    switch (event.type) {
      case "toolStarted":
        return { ...event, arguments: mask(event.arguments) };
      case "toolEnded":
        return { ...event, output: mask(event.output) };
      case "turn": {
        const { text, unheard } = event.turn;
        const rest = unheard === undefined ? {} : { unheard: mask(unheard) };
        return { ...event, turn: { ...event.turn, text: mask(text), ...rest } };
      }
      case "handoff": {
        const { reason, facts, summary } = event;
        const told = Object.entries({ reason, facts, summary })
          .flatMap(([name, text]) => text === undefined ? [] : [[name, mask(text)]]);
        return { ...event, ...Object.fromEntries(told) };
      }
      default:
        return event;
    }
  };

  function remember(callId: string, digits: string): void {
    const run = digits.replace(/\D/g, "");
    if (run.length < 2) return;
    const patterns = entered.get(callId) ?? [];
    if (patterns.length >= MAX_ENTRIES) patterns.shift();
    patterns.push(patternOf(run));
    entered.set(callId, patterns);
  }
}

/** Matches the digits in order, also with blanks or dashes between them. */
function patternOf(run: string): RegExp {
  const spaced = [...run].join("[ .,-]{0,2}");
  return run.length < MIN_INNER_DIGITS
    ? new RegExp(`(?<!\\d)${spaced}(?!\\d)`, "g")
    : new RegExp(spaced, "g");
}
