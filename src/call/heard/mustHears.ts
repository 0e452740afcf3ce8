import type { MachineParts } from "../machine/machineParts.ts";
import type { CallInput } from "../callInput.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { MustHear, OpeningSentence } from "../toolPolicy.ts";
import type { AgentEntry } from "../transcript/transcriptEntry.ts";
import type { CallEnd, CallPolicy, EndReason, Milliseconds } from "../types.ts";
import { ExactSpeech } from "./exactSpeech.ts";
import * as notes from "./gateNotes.ts";
import { type HeardSpan, saysSentence, sentenceHeard } from "./sentenceHeard.ts";
import { wordsOf } from "./words.ts";

interface Sentence extends Pick<MustHear, "text"> {
  /** `opening`: before the greeting, which is not for this class to say. */
  readonly at: MustHear["at"] | "opening";
  readonly name: string;
  /** How often it was said, to its end or not. */
  times: number;
  /** How often the model was asked to say it, and the last of these that is among `times`. */
  asks: number;
  counted: number;
  isWanted: boolean;
  heard?: HeardSpan;
  /** Tools that wait for it. */
  readonly tools: Set<string>;
}

type Parts = Pick<MachineParts, "inForce" | "commands" | "transcript" | "turns" | "speech">;

/** How often the model is asked for one sentence. */
const MAX_ASKS = 5;
/** Ends before which the agent says goodbye. */
const GOODBYES: ReadonlySet<EndReason> = new Set([
  "agent_hung_up",
  "operator_hung_up",
  "idle",
  "time_limit",
  "spend_limit",
]);

/**
 * The sentences that a caller has to hear to the last word. Each is said when it is due, unless the agent
 * has said these words by itself, and again at the next quiet moment where the caller did not hear its end.
 */
export class MustHears {
  readonly #call: Parts;
  readonly #startedAt: Milliseconds;
  readonly #speech: ExactSpeech;
  readonly #resumed: ResumedCall | undefined;
  #sentences: readonly Sentence[] = [];
  #known: CallPolicy | undefined;
  #isOver = false;
  /** Lines that were heard while the model had not said how they end. */
  #unjudged: readonly AgentEntry[] = [];

  /** Of a resumed call, what was heard in an earlier session counts. */
  constructor(call: Parts, startedAt: Milliseconds, resumed?: ResumedCall) {
    this.#call = call;
    this.#startedAt = startedAt;
    this.#speech = new ExactSpeech(call);
    this.#resumed = resumed;
  }

  /** Shows observers what there is to be heard, and what more there is where another agent has the call. */
  #announce(): void {
    const { policy } = this.#call.inForce;
    if (policy === this.#known) return;
    this.#known = policy;
    for (const { name, ...sentence } of sentencesOf(policy)) {
      const known = this.#find(name);
      if (known?.text === sentence.text) continue;
      // Who has heard that of one agent need not hear that of the next.
      if (sentence.at === "opening" && known?.at === "opening" && known.heard) continue;
      const before = this.#resumed?.mustHears?.findLast(({ text }) => text === sentence.text);
      const heard = before?.heard === true
        ? { fromMs: before.fromMs, toMs: before.toMs }
        : undefined;
      const isWanted = sentence.at === "start";
      // Of variables without values nothing may be left that could be said, or heard.
      const asks = wordsOf(sentence.text).length === 0 ? MAX_ASKS : 0;
      const none = { times: before?.times ?? 0, asks, counted: asks, tools: new Set<string>() };
      // Another agent may have another sentence of this name.
      const own = this.#find(name) === undefined ? name : `${policy.agent}.${name}`;
      const added = { ...sentence, ...none, name: own, isWanted, ...(heard && { heard }) };
      this.#sentences = [...this.#sentences.filter((one) => one.name !== own), added];
      if (heard === undefined) this.#publish(added);
    }
  }

  follow(input: CallInput): void {
    this.#speech.follow(input);
    const isMachine = input.type === "machineAnswered" ||
      input.type === "screened" && input.again !== true;
    if (isMachine) this.#unhearOpening();
  }

  /** The first sentence that is to be heard before the greeting and was not. */
  unheardOpening(now: Milliseconds): OpeningSentence | undefined {
    this.#learn(now);
    return this.#sentences.find((one) =>
      one.at === "opening" && one.heard === undefined && one.asks < MAX_ASKS
    );
  }

  /** When a sentence was heard that comes before the greeting; undefined where it was not. */
  openingHeard(name: string, now: Milliseconds): HeardSpan | undefined {
    this.#learn(now);
    return this.#sentences.find((one) => one.at === "opening" && one.name === name)?.heard;
  }

  /** It is about to be said. */
  openingAsked({ name }: OpeningSentence): void {
    const sentence = this.#find(name);
    if (sentence !== undefined) sentence.asks++;
  }

  /** A tool may run only after this has been heard: it is said, where it has not been. */
  need(name: string, tool: string): "heard" | "saying" | "unheard" {
    const sentence = this.#find(name);
    if (sentence?.heard !== undefined) return "heard";
    if (sentence === undefined || this.#isGivenUp(sentence)) return "unheard";
    sentence.isWanted = true;
    sentence.tools.add(tool);
    return "saying";
  }

  textOf(name: string): string {
    return this.#find(name)?.text ?? "";
  }

  /** `quiet`: the greeting is over, nobody speaks, and nothing is asked of the model. */
  tick(now: Milliseconds, quiet: boolean): void {
    this.#learn(now);
    for (const { id, outcome } of this.#speech.tick(now)) {
      const sentence = this.#sentences.find((one) => idOf(one) === id);
      if (sentence === undefined) continue;
      if (outcome !== "unsaid" && this.#count(sentence)) this.#publish(sentence);
      if (this.#isGivenUp(sentence)) this.#tellTools(sentence, now);
    }
    if (!quiet || this.#speech.any) return;
    const next = this.#sentences.find((one) => one.isWanted && this.#isOwed(one));
    if (next !== undefined) this.#say(next, now);
  }

  /** Has said what is still to be heard before the call ends so; false where there is nothing. */
  sayLast(end: CallEnd, now: Milliseconds): boolean {
    const isGoodbye = GOODBYES.has(end.reason);
    if (!isGoodbye && end.reason !== "transferred") return false;
    const due = this.#sentences.filter((one) =>
      this.#isOwed(one) && (one.isWanted || isGoodbye && one.at === "end")
    );
    for (const sentence of due) this.#say(sentence, now);
    return due.length > 0;
  }

  /** The call is over. */
  close(now: Milliseconds): void {
    this.#announce();
    this.#isOver = true;
    this.#judgeAll(() => false, now);
  }

  #learn(now: Milliseconds): void {
    this.#announce();
    const { speech } = this.#call;
    const making = speech.latestItemOf(speech.responses.activeId);
    this.#judgeAll(({ id }) => id === making, now);
  }

  /** What a machine has heard, no person has. */
  #unhearOpening(): void {
    for (const sentence of this.#sentences) {
      if (sentence.at !== "opening" || sentence.heard === undefined) continue;
      delete sentence.heard;
      sentence.asks = sentence.counted = 0;
      this.#publish(sentence, { takenBack: true });
    }
  }

  /** The sentence that the present agent calls so. */
  #find(name: string): Sentence | undefined {
    const own = `${this.#call.inForce.policy.agent}.${name}`;
    return this.#sentences.find((one) => one.name === own) ??
      this.#sentences.find((one) => one.name === name);
  }

  #isOwed(sentence: Sentence): boolean {
    return sentence.heard === undefined && sentence.asks < MAX_ASKS;
  }

  #isGivenUp(sentence: Sentence): boolean {
    return sentence.heard === undefined && sentence.asks >= MAX_ASKS &&
      !this.#speech.isSaying(idOf(sentence));
  }

  #say(sentence: Sentence, now: Milliseconds): void {
    sentence.asks++;
    this.#speech.say(idOf(sentence), sentence.text, now);
  }

  /** Judges all lines of which it has become known what was heard, but for those that are `open`. */
  #judgeAll(open: (entry: AgentEntry) => boolean, now: Milliseconds): void {
    const latest = this.#call.transcript.agent.takeSettled();
    if (latest.length === 0 && this.#unjudged.length === 0) return;
    const settled = [...this.#unjudged, ...latest];
    this.#unjudged = settled.filter(open);
    for (const entry of settled.filter((one) => !this.#unjudged.includes(one))) {
      if (entry.aside === true) continue;
      for (const sentence of this.#sentences) {
        if (sentence.heard === undefined) this.#judge(sentence, entry, now);
      }
    }
  }

  /** Whether the caller has heard the sentence in something that the agent has said. */
  #judge(sentence: Sentence, entry: AgentEntry, now: Milliseconds): void {
    const { text } = sentence;
    const isAsked = this.#speech.sayingOf(entry.id) === idOf(sentence);
    if (isAsked) this.#count(sentence);
    else if (!saysSentence(text, entry)) return;
    else sentence.times++;
    const call = { startedAt: this.#startedAt, isOver: this.#isOver, now };
    const heard = sentenceHeard(text, entry, call);
    if (heard !== undefined) sentence.heard = heard;
    this.#publish(sentence);
    if (sentence.heard !== undefined) this.#tellTools(sentence, now);
  }

  /** Counts what was asked for last as said; false where it is counted already. */
  #count(sentence: Sentence): boolean {
    if (sentence.counted === sentence.asks) return false;
    sentence.counted = sentence.asks;
    sentence.times++;
    return true;
  }

  #publish({ name, text, times, heard }: Sentence, how: { readonly takenBack?: true } = {}): void {
    this.#call.commands.publish({
      type: "mustHear",
      name,
      text,
      times,
      ...how,
      ...(heard === undefined ? { heard: false } : { heard: true, ...heard }),
    });
  }

  /** The model calls the tools again that have waited for a sentence, where they wait for nothing else. */
  #tellTools(sentence: Sentence, now: Milliseconds): void {
    const tools = [...sentence.tools].filter((tool) =>
      !this.#sentences.some((one) => one.tools.has(tool) && this.#isOwed(one))
    );
    const isHeard = sentence.heard !== undefined;
    sentence.tools.clear();
    if (tools.length === 0) return;
    const note = isHeard ? notes.heardNow(sentence.text, tools) : notes.neverHeard(sentence.text);
    tellForGood(this.#call, prompts.system(note));
    this.#call.turns.ask({ purpose: "tool_result" }, now);
  }
}

function sentencesOf({ opening = [], mustHear = {} }: CallPolicy) {
  return [
    ...opening.map((sentence) => ({ ...sentence, at: "opening" as const })),
    ...Object.entries(mustHear).map(([name, sentence]) => ({ ...sentence, name })),
  ];
}

function idOf({ name }: Pick<Sentence, "name">): string {
  return `must hear ${name}`;
}
