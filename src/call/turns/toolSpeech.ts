import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Milliseconds } from "../types.ts";

const MAX_RESPONSES = 64;

/** What is said word for word as a tool starts, once for each response and beside the conversation. */
export class ToolSpeech {
  readonly #call: MachineParts;
  readonly #said = new RecentIds(MAX_RESPONSES);
  #saidAt: Milliseconds | undefined;

  constructor(call: MachineParts) {
    this.#call = call;
  }

  /** When it was asked for last: the wait has been bridged then. */
  get saidAt(): Milliseconds | undefined {
    return this.#saidAt;
  }

  /** Says nothing after a response that has spoken itself. */
  started(text: string, responseId: string, now: Milliseconds): void {
    const { speech, turns } = this.#call;
    const isSpoken = speech.audible || speech.responses.hasSounded(responseId);
    if (isSpoken || this.#said.has(responseId) || turns.filler.open) return;
    this.#said.add(responseId);
    this.#saidAt = now;
    turns.askFiller(prompts.sayBeside(text), now);
  }
}
