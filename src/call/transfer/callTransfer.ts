import type { Closing } from "../ending/closing.ts";
import type { LegPresence } from "../machine/legPresence.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ConnectionLifecycle } from "../model/connectionLifecycle.ts";
import type { ModelNote } from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type {
  ResumedTransfers,
  TransferAsker,
  TransferInput,
  TransferRef,
  TransferResult,
  TransferState,
  TransferStep,
} from "../transfer.ts";
import { type CallEnd, isCallEnd, type Milliseconds, type SessionEnd } from "../types.ts";
import { present } from "../../utils/present.ts";
import { earliest } from "../machine/wakeTimer.ts";
import { CallerWait } from "./callerWait.ts";
import * as prompts from "./transferPrompts.ts";
import { AGENT_ENDS, spokenMs, type UnderWay } from "./underWay.ts";

interface TransferParts {
  readonly closing: Pick<
    Closing,
    "begun" | "callerReturned" | "isFinal" | "withdrawTransfer"
  >;
  readonly leg: Pick<LegPresence, "joined" | "hasJoined" | "expect">;
  readonly connection: Pick<ConnectionLifecycle, "park" | "unpark">;
}

/** A talk may be long, and a model costs and expires; a machine that picked up is found out before. */
const PARK_AFTER_MS = 15_000;

/**
 * Puts the caller through to a person and, where that fails or the person has hung up, has the agent go on.
 * The session stays meanwhile: the carrier has the caller, nothing is idle, and no time counts.
 */
export class CallTransfer {
  readonly #call: MachineParts;
  #count: number;
  #announced: (TransferRef & { readonly brief?: string | undefined }) | undefined;
  readonly wait: CallerWait;
  #underWay: UnderWay | undefined;
  #parts: TransferParts | undefined;
  #end: CallEnd | undefined;
  #parkAt: Milliseconds | undefined;

  constructor(call: MachineParts, now: Milliseconds, resumed?: ResumedTransfers) {
    this.#call = call;
    this.wait = new CallerWait(call);
    this.#count = resumed?.count ?? 0;
    const { open } = resumed ?? {};
    if (open === undefined) return;
    const { number, alias, mode, connectedForMs, target } = open;
    if (open.step === "requested") this.#announced = { number, alias, mode };
    else {
      const connectedAt = connectedForMs === undefined ? undefined : now - connectedForMs;
      const ref = { number, alias, mode, since: now, caller: "away" } as const;
      this.#underWay = { ...ref, ...present({ connectedAt, target }) };
    }
  }

  /** Sets what is made after this. */
  use(parts: TransferParts): void {
    this.#parts = parts;
  }

  /** Whether the caller is, or is about to be, with the carrier: the agent says nothing and waits for nothing. */
  get isUnderWay(): boolean {
    return this.#underWay?.caller === "away";
  }

  /** Whether a person is about to join agent and caller, or has. */
  get bringsPerson(): boolean {
    return this.#underWay?.mode === "conference" && this.#underWay.caller !== "asking";
  }

  get state(): TransferState | undefined {
    if (this.#underWay !== undefined) return this.#underWay.caller;
    if (this.#announced !== undefined) return "requested";
    if (this.#parts?.closing.isFinal === true) return "ending";
    return this.#parts?.leg.hasJoined === false ? "unanswered" : undefined;
  }

  /** Someone wants the caller to be put through, after the agent's last words. */
  requested(alias: string, by: TransferAsker, brief?: string): void {
    const again = this.#announced?.alias === alias ? this.#announced : undefined;
    const { mode = "cold", atOnce } = this.#call.policy.transfers[alias] ?? {};
    const ref = again ?? { number: ++this.#count, alias, mode };
    this.#announced = { ...ref, brief };
    this.#publish(ref, { step: "requested", by, ...present({ atOnce }) });
  }

  /** Has the caller put through now. */
  begin(alias: string, now: Milliseconds): void {
    if (this.#underWay !== undefined) return;
    if (this.#announced?.alias !== alias) this.requested(alias, "agent");
    if (this.#announced === undefined) return;
    const { brief, ...ref } = this.#announced;
    this.#announced = undefined;
    const asksFirst = ref.mode !== "cold";
    this.#underWay = { ...ref, since: now, caller: asksFirst ? "asking" : "away" };
    const { commands } = this.#call;
    // The call does not end by it.
    commands.publish({ type: "closing" });
    commands.push({ type: "transfer", transfer: ref, ...present({ brief }) });
    if (!asksFirst) return;
    tellForGood(this.#call, prompts.askingPerson(alias));
    this.wait.begin(now, this.#call.policy.transfers[alias]?.hold);
  }

  handle(input: TransferInput, now: Milliseconds): void {
    const underWay = this.#underWay;
    if (input.type === "transferCancelled") return this.#cancel(underWay, now);
    if (underWay === undefined) return;
    if (input.type === "roomLeft") return this.#leaveRoom(underWay, now);
    if (underWay.number !== input.number) return;
    if (input.type === "transferOver") return this.#over(underWay, input.result, now);
    if (input.type === "agentAbsent") {
      const { awaitsRoom: _, ...rest } = underWay;
      this.#underWay = rest;
      return this.#publish(underWay, { step: "agent_absent" });
    }
    if (input.type === "transferGoesOn") {
      const { connectedAt: _, ...rest } = underWay;
      this.#underWay = rest;
      this.#parkAt = undefined;
      return;
    }
    const { step, target } = input;
    if (underWay.connectedAt !== undefined) return;
    const isConnected = step === "connected";
    const isTaken = step === "accepted" && underWay.caller === "asking";
    // The agent is saying goodbye: the person is told that the caller is gone.
    if (isTaken && this.#parts?.closing.begun === true) return this.#giveUp(underWay);
    this.#underWay = {
      ...underWay,
      target,
      ...(isConnected && { connectedAt: now }),
      ...(isTaken &&
        { caller: "away", ...(underWay.mode === "conference" && { awaitsRoom: true }) }),
    };
    this.#publish(underWay, { step, target });
    if (!isConnected) return;
    this.wait.end();
    if (this.#underWay.caller === "away") this.#parkAt = now + PARK_AFTER_MS;
  }

  withdrawn(): void {
    const announced = this.#announced;
    this.#announced = undefined;
    if (announced !== undefined) this.#publish(announced, { step: "failed", why: "cancelled" });
  }

  #cancel(underWay: UnderWay | undefined, now: Milliseconds): void {
    const announced = this.#announced;
    if (underWay === undefined && announced !== undefined) {
      this.#parts?.closing.withdrawTransfer();
      this.#call.speech.stop(now, true);
      this.withdrawn();
      tellForGood(this.#call, prompts.transferWithdrawn(announced.alias));
      return this.#call.turns.ask(prompts.afterTransfer(), now);
    }
    if (underWay?.caller !== "asking") return;
    this.#call.commands.push({ type: "cancelTransfer", number: underWay.number });
    this.#over(underWay, { kind: "failed", why: "cancelled" }, now);
  }

  /** As `#cancel`, where the agent is not to speak of it. */
  #giveUp(underWay: UnderWay): void {
    this.#underWay = undefined;
    this.wait.end();
    this.#call.commands.push({ type: "cancelTransfer", number: underWay.number });
    this.#publish(underWay, { step: "failed", why: "cancelled" });
    tellForGood(this.#call, prompts.transferFailed(underWay.alias, "cancelled", "", "music"));
  }

  /** Whether the agent, whose part of the call ends so, leaves caller and person alone instead. */
  leavesTogether({ reason }: SessionEnd, now: Milliseconds): boolean {
    const underWay = this.#underWay;
    if (underWay?.caller !== "together" || !AGENT_ENDS.has(reason)) return false;
    this.#leaveRoom(underWay, now);
    return true;
  }

  #leaveRoom(underWay: UnderWay, now: Milliseconds): void {
    if (underWay.caller !== "together") return;
    const { awaitsRoom: _, ...rest } = underWay;
    this.#underWay = { ...rest, caller: "away" };
    this.#parkAt = now;
    this.#call.speech.stop(now, true);
    this.#call.commands.push({ type: "leaveRoom", number: underWay.number });
  }

  /** The caller is here again, without a word about what became of the transfer. */
  legJoined(now: Milliseconds): void {
    const underWay = this.#underWay;
    if (underWay === undefined || underWay.caller === "asking") return;
    if (underWay.awaitsRoom === true && underWay.caller === "away") {
      this.#underWay = { ...underWay, caller: "together" };
      this.#parkAt = undefined;
      this.#parts?.connection.unpark(now);
      return tellForGood(this.#call, prompts.together(underWay.alias));
    }
    if (underWay.caller === "together") return;
    const wasTalking = underWay.connectedAt !== undefined;
    this.#over(underWay, wasTalking ? { kind: "talked" } : { kind: "failed", why: "unknown" }, now);
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#underWay === undefined) return undefined;
    return earliest(this.#parkAt, this.wait.wakeAt);
  }

  /** Returns how the call ends, where it ends with the talk. */
  tick(now: Milliseconds): CallEnd | undefined {
    if (this.#underWay !== undefined && now >= (this.#parkAt ?? Infinity)) {
      this.#parkAt = undefined;
      this.#parts?.connection.park(now);
    }
    const end = this.#end;
    this.#end = undefined;
    return end;
  }

  /** How the session really ends that ends in the course of a transfer, of which observers are told. */
  endOf(end: SessionEnd, now: Milliseconds): SessionEnd {
    const underWay = this.#underWay;
    if (isCallEnd(end) && end.reason !== "transferred") this.withdrawn();
    if (underWay === undefined || !isCallEnd(end)) return end;
    const { alias, connectedAt } = underWay;
    this.#underWay = undefined;
    if (connectedAt === undefined) {
      this.#publish(underWay, { step: "failed", why: "cancelled" });
      return end;
    }
    this.#publish(underWay, { step: "ended", spokeMs: Math.round(now - connectedAt) });
    return end.reason === "caller_hung_up" ? { reason: "transferred", detail: alias } : end;
  }

  #over(underWay: UnderWay, result: TransferResult, now: Milliseconds): void {
    const { alias, since, connectedAt = now } = underWay;
    const plan = this.#call.policy.transfers[alias];
    this.#underWay = undefined;
    this.#parkAt = undefined;
    this.wait.end();
    const isHere = underWay.caller !== "away" || this.#parts?.leg.joined === true;
    if (result.kind === "failed") {
      this.#publish(underWay, { step: "failed", why: result.why });
      const heard = underWay.mode === "cold" ? "ringing" : "music";
      const note = prompts.transferFailed(alias, result.why, plan?.unanswered, heard);
      return this.#return(note, isHere, since, now);
    }
    const spokeMs = Math.round(spokenMs(result.spokeMs, now - connectedAt));
    if (underWay.connectedAt === undefined) {
      this.#publish(underWay, { step: "connected", target: underWay.target ?? 0 });
    }
    this.#publish(underWay, { step: "ended", spokeMs });
    if (plan?.returns !== true) this.#end = { reason: "transferred", detail: alias };
    else {
      const note = underWay.caller === "together"
        ? prompts.personLeft(alias)
        : prompts.personHungUp(alias);
      this.#return(note, isHere, since, now);
    }
  }

  /** The agent goes on, and speaks at once: what it says is played when the leg is there again. */
  #return(note: ModelNote, isHere: boolean, since: Milliseconds, now: Milliseconds): void {
    const parts = this.#parts;
    if (!isHere) {
      parts?.closing.callerReturned(now, now - since);
      parts?.leg.expect(now);
    }
    tellForGood(this.#call, note);
    parts?.connection.unpark(now);
    this.#call.turns.ask(prompts.afterTransfer(), now);
  }

  #publish({ number, alias, mode }: TransferRef, step: TransferStep): void {
    this.#call.commands.publish({ type: "transfer", number, alias, mode, ...step });
  }
}
