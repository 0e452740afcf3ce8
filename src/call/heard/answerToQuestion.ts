import type { MachineParts } from "../machine/machineParts.ts";
import type { ConfirmPolicy } from "../toolPolicy.ts";
import type { AgentEntry, CallerEntry, TranscriptEntry } from "../transcript/transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";
import { type CallerAnswer, callerAnswer } from "./callerAnswer.ts";
import type { TurnBeginnings } from "./turnBeginnings.ts";

/** A question that the caller has heard to its last word. */
export interface HeardQuestion {
  readonly items: ReadonlySet<string>;
  readonly heardAt: Milliseconds;
}

/**
 * What the caller has answered to a question: by the turns that began after its last word was heard and
 * before the agent spoke again. `none` where nothing was said since, `open` where words, or the end of a
 * turn, have yet to come; a turn that began before is `unclear`. Key 1 is a yes. Where speech is not
 * transcribed, a turn by voice counts as what the model takes it for: it has called the tool again. `asked`
 * is the question without values of arguments, which are the model's words.
 */
export function answerToQuestion(
  { policy, transcript, turns }: Pick<MachineParts, "policy" | "transcript" | "turns">,
  beginnings: Pick<TurnBeginnings, "of">,
  question: HeardQuestion,
  { words: own, asked }: { readonly words: ConfirmPolicy["words"]; readonly asked: string },
): CallerAnswer | "none" | "open" {
  const { heardAt } = question;
  const entries = [...transcript.entries.values()];
  const till = agentSpokeAt(entries, question);
  const callers = entries.filter(isTurn);
  const answers = callers.filter((entry) => {
    const beganAt = beginnings.of(entry.id) ?? entry.startedAt;
    return beganAt >= heardAt && beganAt < till;
  });
  const isWordless = ({ by }: CallerEntry) => policy.transcribes === false && by === "voice";
  if (turns.callerState.isSpeaking) return "open";
  if (answers.some((entry) => !entry.final && !isWordless(entry))) return "open";
  if (answers.length === 0) {
    return callers.some((one) => (one.endedAt ?? one.startedAt) >= heardAt) ? "unclear" : "none";
  }
  const isKeyed = answers.some((one) => one.by === "keypad" && isKeyOne(one));
  const isTaken = answers.some(isWordless);
  const words = answers.filter((one) => one.by !== "keypad" && !isWordless(one))
    .map(({ text }) => text).join(". ");
  const meaning = callerAnswer(words, policy.languages ?? [], own, asked);
  return meaning === "unclear" && words === "" && (isKeyed || isTaken) ? "yes" : meaning;
}

function isTurn(entry: TranscriptEntry): entry is CallerEntry {
  return entry.kind === "caller" && entry.aside !== true && entry.byOperator !== true;
}

/** When the agent began to be heard with something else than the question. */
function agentSpokeAt(
  entries: readonly TranscriptEntry[],
  { items, heardAt }: HeardQuestion,
): Milliseconds {
  const isOther = (entry: TranscriptEntry): entry is AgentEntry =>
    entry.kind === "agent" && entry.aside !== true && !items.has(entry.id) && entry.text !== "";
  const heardSince = entries.filter(isOther)
    .filter(({ final, endedAt }) => !final || (endedAt ?? heardAt) > heardAt);
  return Math.min(Infinity, ...heardSince.map(({ startedAt }) => Math.max(startedAt, heardAt)));
}

function isKeyOne({ text, modelText = text }: CallerEntry): boolean {
  return /: 1#?$/.test(modelText);
}
