import type { CallEffect } from "../callInput.ts";
import type { Closing } from "../ending/closing.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { NO_CALLER_YET } from "../heard/gateNotes.ts";
import * as prompts from "../model/prompts.ts";
import { type TransferAsker, type TransferHandler, transferProblem } from "../transfer.ts";
import { transferProblemOutput } from "../transfer/transferPrompts.ts";
import type { Milliseconds } from "../types.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";

/** A transfer that somebody wants; `brief` is what the person is told of the caller. */
export interface WantedTransfer {
  readonly alias: string;
  readonly by: TransferAsker;
  readonly brief?: string | undefined;
}

/** Of one run of keys. */
const MAX_KEYS = 32;

/** What tools do to the call beside their outputs: keys at once, an end or a transfer when all have answered. */
export class ToolEffects {
  readonly #call: MachineParts;
  readonly #closing: Closing;
  readonly #transfer: TransferHandler;
  /** What is to be pressed when all tools of a response have answered: the network takes one run at a time. */
  #keys: string[] = [];
  #pending: Extract<CallEffect, { type: "endCall" | "transfer" }> | undefined;

  constructor(call: MachineParts, closing: Closing, transfer: TransferHandler) {
    this.#call = call;
    this.#closing = closing;
    this.#transfer = transfer;
  }

  /** What the model gets in the place of the output of a tool whose effect is impossible now. */
  refusalOf(effect: CallEffect | undefined, hasCallerSpoken: boolean): string | undefined {
    switch (effect?.type) {
      case "transfer":
      case "handoff":
      case "cancelTransfer":
      case "leaveRoom":
        break;
      default:
        return undefined;
    }
    const isTransfer = effect.type === "transfer";
    // What the model has read somewhere is no reason to hand the caller on.
    if (isTransfer && !hasCallerSpoken) return NO_CALLER_YET;
    const isPending = isTransfer && this.#pending?.type === "transfer";
    const problem = transferProblem(effect.type, isPending ? "requested" : this.#transfer.state);
    return problem && transferProblemOutput(problem);
  }

  note(effect: CallEffect | undefined, now: Milliseconds): void {
    switch (effect?.type) {
      case "sendDigits":
        this.#keys.push(effect.digits);
        return;
      case "keepSilent":
        return this.#call.menu.waits(now);
      case "cancelTransfer":
        return this.#transfer.handle({ type: "transferCancelled" }, now);
      case "leaveRoom":
        return this.#transfer.handle({ type: "roomLeft" }, now);
      case "transfer":
        this.#pending = effect;
        return;
      case "optedOut":
        this.#call.commands.publish({ ...effect, by: "agent" });
        return;
      case "endCall":
        this.#pending ??= effect;
    }
  }

  /** Presses the keys that tools have asked for, with a pause between those of one and of the next. */
  press(now: Milliseconds): void {
    const keys = this.#keys;
    this.#keys = [];
    if (keys.length > 0) this.#press(keys.join("w").slice(0, MAX_KEYS), now);
  }

  /** Whether the model is to say nothing about what it has done: a phone system is listened to. */
  keepsSilent(effect: CallEffect | undefined): boolean {
    return this.#call.menu.isActive &&
      (effect?.type === "sendDigits" || effect?.type === "keepSilent");
  }

  #press(digits: string, now: Milliseconds): void {
    const { policy, menu, speech, commands } = this.#call;
    const by = policy.phoneMenu?.keys ?? "network";
    // Tones would be heard behind what is being said.
    if (by === "tones") speech.stop(now, true);
    commands.push({ type: "sendDigits", digits, by });
    menu.pressed(digits, now);
  }

  /** What is to be done now, once. */
  take(): Extract<CallEffect, { type: "endCall" | "transfer" }> | undefined {
    const effect = this.#pending;
    this.#pending = undefined;
    return effect;
  }

  /**
   * Transfers the call after a sentence about it, where the agent has not just spoken of it itself; false for an
   * alias that the agent's file does not define. Operators may give a number in its place.
   */
  transfer(
    { alias, by, brief }: WantedTransfer,
    agentSpoke: boolean,
    now: Milliseconds,
  ): boolean {
    const { transfers } = this.#call.policy;
    const isNumber = by === "operator" && isPhoneNumber(alias);
    if (!Object.hasOwn(transfers, alias) && !isNumber) return false;
    const sentence = transfers[alias]?.sentence;
    // What the agent said last was nothing about the transfer that an operator wants.
    const isAnnounced = agentSpoke && by !== "operator";
    const say = sentence === undefined && isAnnounced
      ? undefined
      : prompts.transferSentence(sentence);
    const end = { reason: "transferred", detail: alias } as const;
    this.#closing.begin({ end, say, by, brief, revocable: false }, now);
    return true;
  }

  /** Ends the call after a goodbye, where the agent has not just said one. */
  hangUp(agentSpoke: boolean, now: Milliseconds): void {
    const end = { reason: "agent_hung_up" } as const;
    const say = agentSpoke ? undefined : prompts.goodbye(end);
    this.#closing.begin({ end, say, revocable: true }, now);
  }
}
