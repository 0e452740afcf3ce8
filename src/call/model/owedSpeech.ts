import type { MachineParts } from "../machine/machineParts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import * as prompts from "./prompts.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Milliseconds } from "../types.ts";
import type { UnsettledSpeech } from "./unsettledSpeech.ts";

/** What the caller still has to hear when a connection is lost, and how the next one is asked for it. */
export class OwedSpeech {
  readonly #call: MachineParts;
  readonly #tools: ToolTurns;
  readonly #unsettled: UnsettledSpeech;
  #request: ResponseRequest | undefined;
  /** Words were broken off, and have not been gone on with yet. */
  #brokenOff: "sentence" | "answerToAudio" | undefined;
  #isTaken = false;
  /** What connections have been told, and the next has to know while the agent has not been heard. */
  #notes: readonly prompts.ModelNote[] = [];

  constructor(call: MachineParts, tools: ToolTurns, unsettled: UnsettledSpeech) {
    this.#call = call;
    this.#tools = tools;
    this.#unsettled = unsettled;
  }

  /** Whether anything is owed that no connection has been asked for. */
  get any(): boolean {
    return !this.#isTaken && (this.#request !== undefined || this.#brokenOff !== undefined) ||
      this.#unsettled.isTurnGiven;
  }

  /** The connection is gone, or about to be left. */
  lost(now: Milliseconds): void {
    const left = this.#leftBy();
    const again = left.brokenOff && this.#unsettled.isAnsweredUnworded;
    if (left.brokenOff) this.#brokenOff = again ? "answerToAudio" : "sentence";
    const heardAgain = this.#unsettled.lost(now, left.brokenOff);
    this.#call.transcript.heardAgain(heardAgain);
    if (left.request !== undefined) this.#request = left.request;
    // The next connection answers by itself what it is given to hear.
    if (this.#unsettled.isTurnGiven && this.#request?.purpose === "reply") {
      this.#request = undefined;
    }
    this.#isTaken = false;
  }

  tell(note: prompts.ModelNote): void {
    this.#notes = [...this.#notes.filter(({ text }) => text !== note.text), note];
    this.#call.commands.request(note);
  }

  /** What a new connection is to be asked for; it is told first where the agent was broken off. */
  take(): ResponseRequest | undefined {
    const request = this.#request;
    this.#request = undefined;
    this.#isTaken = true;
    for (const note of this.#notes) this.#call.commands.request(note);
    if (this.#brokenOff === "sentence") this.#call.commands.request(prompts.goOn());
    if (this.#brokenOff === "answerToAudio") this.#call.commands.request(prompts.goOnAnswering());
    return request;
  }

  /** The agent is heard again. */
  answered(): void {
    this.#notes = [];
    if (this.#isTaken) this.#brokenOff = undefined;
  }

  #leftBy(): { readonly request?: ResponseRequest; readonly brokenOff: boolean } {
    const { turns, speech, policy } = this.#call;
    const { current, responseId } = turns;
    const { responses } = speech;
    if (current === undefined || responseId !== undefined && responses.isSilenced(responseId)) {
      const request = turns.callerState.isAnswerDue ? REPLY : undefined;
      return { ...(request && { request }), brokenOff: false };
    }
    // Who has it said asks for it again.
    if (current.exact !== undefined) return { brokenOff: false };
    // The next connection is another agent's.
    if (current.purpose === "handoff") return { brokenOff: false };
    if (responseId === undefined) return { request: current, brokenOff: false };
    if (!responses.hasSounded(responseId)) return { request: current, brokenOff: false };
    const { greeting, greetingProtected } = policy;
    switch (current.purpose) {
      case "greeting":
        if (!greetingProtected || greeting === undefined) break;
        return { request: prompts.restOfGreeting(greeting), brokenOff: false };
      case "goodbye":
      case "say":
        if (!speech.isUnfinished(responseId)) return { brokenOff: false };
        return { request: prompts.restOf(current), brokenOff: false };
    }
    if (speech.isUnfinished(responseId) || this.#tools.calls.hasAnnounced(responseId)) {
      return { request: REPLY, brokenOff: true };
    }
    // All was said, but for a tool that may have followed.
    const request = policy.usesTools && !speech.words.endInQuestion ? prompts.nudge() : undefined;
    return { ...(request && { request }), brokenOff: false };
  }
}

const REPLY: ResponseRequest = { purpose: "reply" };
