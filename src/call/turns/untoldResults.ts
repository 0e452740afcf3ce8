import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { ResponsePurpose } from "../realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { wordsOf } from "../heard/words.ts";
import type { Milliseconds } from "../types.ts";

interface Result {
  readonly name: string;
  /** Of a tool that ran beside the conversation; others are told by the answer to them, whatever it says. */
  readonly news?: string;
  asks: number;
}

interface Telling {
  readonly responseId: string;
  readonly purpose: ResponsePurpose;
  readonly at: Milliseconds;
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
    this.#results.set(callId, { name, asks: 0, ...(news !== undefined && { news }) });
  }

  /** A response that knows all that has returned so far. */
  responseStarted(responseId: string, purpose: ResponsePurpose, now: Milliseconds): void {
    if (purpose !== "reply" && purpose !== "tool_result") return;
    const callIds = [...this.#results.keys()];
    this.#telling = callIds.length === 0 ? undefined : { responseId, purpose, at: now, callIds };
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
    const { heard, isCut } = this.#spokenSince(telling.at);
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

  /** What the caller has heard of the agent's words since, and whether any were cut off. */
  #spokenSince(at: Milliseconds): { readonly heard: string; readonly isCut: boolean } {
    const heard: string[] = [];
    let isCut = false;
    for (const entry of this.#call.transcript.entries.values()) {
      if (entry.kind !== "agent" || entry.aside === true || entry.startedAt < at) continue;
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
