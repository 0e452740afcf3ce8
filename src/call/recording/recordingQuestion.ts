import type { CallInput } from "../callInput.ts";
import { answerToQuestion, type HeardQuestion } from "../heard/answerToQuestion.ts";
import { ExactSpeech } from "../heard/exactSpeech.ts";
import { TurnBeginnings } from "../heard/turnBeginnings.ts";
import { placeOf } from "../heard/words.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { Milliseconds, RecordingPolicy } from "../types.ts";

/** What the caller has answered to the question whether the call may be recorded, and how. */
export interface RecordingAnswer {
  /** `none` where there was no answer, or none that is a yes or a no. */
  readonly answer: "yes" | "no" | "none";
  readonly words?: string;
  readonly key?: string;
}

/** People who do not answer within this have not understood that they were asked. */
const SILENT_MS = 5000;
/** An answer that has begun, and its words, are waited for no longer. */
const LONGEST_MS = 12_000;
const MAX_TRIES = 2;
const MAX_WORDS = 500;

/**
 * The question whether the call may be recorded, from when the caller has heard it to its last word: a yes or
 * key 1, a no or key 2. Where neither comes it is asked once more. A voice that is not transcribed answers
 * nothing.
 */
export class RecordingQuestion {
  readonly #call: MachineParts;
  readonly #beginnings: TurnBeginnings;
  readonly #again: ExactSpeech;
  readonly #policy: RecordingPolicy;
  #heard: HeardQuestion | undefined;
  #tries = 1;
  #key: string | undefined;

  constructor(call: MachineParts, policy: RecordingPolicy, beginnings: TurnBeginnings) {
    this.#call = call;
    this.#beginnings = beginnings;
    this.#again = new ExactSpeech(call);
    this.#policy = policy;
  }

  follow(input: CallInput): void {
    this.#again.follow(input);
    if (isKey(input)) this.#key = input.digit;
  }

  /** Undefined while the answer is open. */
  tick(now: Milliseconds): RecordingAnswer | undefined {
    if (this.#key !== undefined) {
      return { answer: this.#key === "1" ? "yes" : "no", key: this.#key };
    }
    this.#askedAgain(now);
    if (this.#again.any) return undefined;
    this.#heard ??= this.#find(now);
    const { answer, words } = this.#answer(this.#heard);
    if (answer === "yes" || answer === "no") return { answer, words };
    const since = now - this.#heard.heardAt;
    const isOpen = answer === "open" && since < LONGEST_MS ||
      answer === "none" && since < SILENT_MS;
    if (isOpen) return undefined;
    if (this.#tries >= MAX_TRIES) return { answer: "none" };
    this.#tries++;
    this.#heard = undefined;
    this.#again.say(ID, this.#policy.announcement, now, prompts.opening);
    return undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#heard === undefined) return undefined;
    return this.#heard.heardAt + (this.#isAnswering ? LONGEST_MS : SILENT_MS);
  }

  get #isAnswering(): boolean {
    return this.#heard !== undefined && this.#answer(this.#heard).answer === "open";
  }

  /** What did not get to its end the second time counts as asked all the same: the first was heard. */
  #askedAgain(now: Milliseconds): void {
    for (const { items, at } of this.#again.tick(now)) this.#heard = { items, heardAt: at };
  }

  #answer(question: HeardQuestion) {
    const { policy } = this.#call;
    if (policy.transcribes === false) return { answer: "none", words: "" } as const;
    const answer = answerToQuestion(this.#call, this.#beginnings, question, {
      words: this.#policy.words,
      asked: "",
    });
    return { answer, words: this.#wordsSince(question) };
  }

  #wordsSince({ heardAt }: HeardQuestion): string {
    return [...this.#call.transcript.entries.values()]
      .filter((entry) => entry.kind === "caller" && entry.byOperator !== true)
      .filter((entry) => "startedAt" in entry && entry.startedAt >= heardAt)
      .map((entry) => "text" in entry ? entry.text : "").join(" ").trim().slice(0, MAX_WORDS);
  }

  /** Where the transcript has it. */
  #find(now: Milliseconds): HeardQuestion {
    const entries = [...this.#call.transcript.entries.values()].filter((entry) =>
      entry.kind === "agent" && entry.final &&
      placeOf(this.#policy.announcement, entry.text) !== undefined
    );
    const last = entries.at(-1);
    const heardAt = last?.kind === "agent" ? last.endedAt ?? now : now;
    return { items: new Set(entries.map(({ id }) => id)), heardAt };
  }
}

/** Whether it answers the question by a key. */
export function isKey(input: CallInput): input is Extract<CallInput, { type: "digit" }> {
  return input.type === "digit" && (input.digit === "1" || input.digit === "2");
}

const ID = "recording again";
