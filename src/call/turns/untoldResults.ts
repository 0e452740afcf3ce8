import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { wordsOf } from "../heard/words.ts";
import type { Milliseconds } from "../types.ts";

interface Result {
  readonly name: string;
  /** Of a tool that ran beside the conversation; others are told by the answer to them, whatever it says. */
  readonly news?: string;
  /** What had been asked of the model then, and may not know of it. */
  readonly after: ResponseRequest | undefined;
  asks: number;
}

interface Telling {
  readonly responseId: string;
  readonly purpose: ResponsePurpose;
  /** What the model says in it. */
  readonly items: Set<string>;
  readonly callIds: readonly string[];
}

const MAX_RESULTS = 32;
/** How often the model is asked to tell one result. */
const MAX_ASKS = 3;
/** Less than this is not heard as speech. */
const LEAST_HEARD_MS = 100;
/** Shorter words occur in any answer. */
const LEAST_WORD = 5;

/**
 * Results of tools that the model has and the caller has not heard of: where the answer was cut off before
 * its first word, the model is told so, and news is asked for again until the caller has heard it.
 */
export class UntoldResults {
  readonly #call: MachineParts;
  readonly #results = new BoundedMap<string, Result>(MAX_RESULTS);
  #telling: Telling | undefined;

  constructor(call: MachineParts) {
    this.#call = call;
  }

  /** The model gets a result; with `news`, by a message of its own. */
  returned(callId: string, name: string, news?: string): void {
    const { current, responseId } = this.#call.turns;
    const after = responseId === undefined ? current : undefined;
    this.#results.set(callId, { name, after, asks: 0, ...(news !== undefined && { news }) });
  }

  /** A response has begun, which knows all that had returned when it was asked for. */
  responseStarted(responseId: string, purpose: ResponsePurpose): void {
    if (purpose !== "reply" && purpose !== "tool_result") return;
    const { current } = this.#call.turns;
    const callIds = [...this.#results]
      .filter(([, { after }]) => after === undefined || after !== current)
      .map(([callId]) => callId);
    const telling = { responseId, purpose, items: new Set<string>(), callIds };
    this.#telling = callIds.length === 0 ? undefined : telling;
  }

  /** Learns what the model says in a response. */
  follow(input: CallInput): void {
    if (input.type !== "speechText" || this.#telling?.responseId !== input.ref.responseId) return;
    this.#telling.items.add(input.ref.itemId);
  }

  /** The connection is gone: what it was to tell is still to be told. */
  modelLost(): void {
    this.#telling = undefined;
  }

  /** `quiet`: nobody speaks, and nothing is asked of the model. */
  tick(now: Milliseconds, quiet: boolean): void {
    this.#judge();
    if (!quiet || this.#telling !== undefined) return;
    for (const result of this.#results.values()) {
      if (result.news === undefined || result.asks >= MAX_ASKS) continue;
      result.asks++;
      return this.#call.turns.ask({ purpose: "tool_result" }, now);
    }
  }

  #judge(): void {
    const telling = this.#telling;
    if (telling === undefined) return;
    const { turns, speech } = this.#call;
    if (turns.responseId === telling.responseId || speech.audible || speech.isSettling) return;
    this.#telling = undefined;
    const { heard, isCut } = this.#spokenIn(telling.items);
    if (heard !== "") {
      for (const callId of telling.callIds) {
        const result = this.#results.get(callId);
        if (result !== undefined && isTold(result, telling.purpose, heard)) {
          this.#results.delete(callId);
        }
      }
    } else if (isCut || speech.responses.isSilenced(telling.responseId)) {
      const names = telling.callIds.flatMap((callId) => this.#results.get(callId)?.name ?? []);
      if (names.length > 0) tellForGood(this.#call, prompts.resultUnheard(names));
    }
  }

  /** What the caller has heard of these words of the agent's, and whether any were cut off. */
  #spokenIn(items: ReadonlySet<string>): { readonly heard: string; readonly isCut: boolean } {
    const heard: string[] = [];
    let isCut = false;
    for (const itemId of items) {
      const entry = this.#call.transcript.entries.get(itemId);
      if (entry?.kind !== "agent" || entry.aside === true) continue;
      isCut ||= entry.interrupted;
      // What has no words was heard all the same.
      if ((entry.heardMs ?? 0) >= LEAST_HEARD_MS) heard.push(entry.text || "…");
    }
    return { heard: heard.join(" "), isCut };
  }
}

/** An answer to something else may have told news by the way, which then has words of it. */
function isTold({ news }: Result, purpose: ResponsePurpose, heard: string): boolean {
  if (news === undefined || purpose === "tool_result") return true;
  const words = new Set(wordsOf(heard));
  const telling = wordsOf(news).filter((word) => /\p{N}/u.test(word) || word.length >= LEAST_WORD);
  return telling.some((word) => words.has(word));
}
