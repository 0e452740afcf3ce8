import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import type { ResponseOutcomes } from "./responseOutcomes.ts";
import * as prompts from "../model/prompts.ts";
import type { ToolTurns } from "./toolTurns.ts";
import type { Milliseconds } from "../types.ts";

/** State of the call that the deadlines depend on. */
export interface Watched {
  /** The caller can hear the agent. */
  readonly joined: boolean;
  readonly ready: boolean;
  readonly closing: boolean;
}

/** A model that has sent nothing for so long is stalled. */
const STALLED_MS = 10_000;
/** The limit where the caller has heard nothing in that time. */
const SILENT_MS = 4000;
/** The limit where fillers are off: they would show whether the model is slow or stuck. */
const UNBRIDGED_MS = 8000;
/** Most replies have begun by then, however soon the wait for a tool is to be bridged. */
const USUAL_REPLY_MS = 2000;
/** A filler that is not heard after so long means a stalled model. */
const BRIDGE_MS = 1500;
/** A silenced response counts as over after this, even without its `responseDone`. */
const CANCELLED_MS = 2000;
/** Least time between two fillers: each one is billed. */
const APART_MS = 2000;
/** Interval and limit of fillers during one wait. */
const REPEAT_MS = 3500;
const MAX_BRIDGES = 12;
/** Limit of a response that sends events but no audio. */
const LONGEST_SILENT_MS = 60_000;
/** Responses that the caller does not wait for: these get more time. */
const UNAWAITED: ReadonlySet<ResponsePurpose> = new Set(["idle_prompt", "time_warning", "say"]);

/** Bounds the wait for each response, and bridges it with fillers. */
export class ResponseDeadlines {
  readonly #call: MachineParts;
  readonly #tools: ToolTurns;
  readonly #outcomes: ResponseOutcomes;
  #quietSince: Milliseconds | undefined;
  #waitingSince: Milliseconds | undefined;
  #silenced: { readonly id: string; readonly at: Milliseconds } | undefined;
  #begun: { readonly request: ResponseRequest; readonly at: Milliseconds } | undefined;
  /** How often the present wait has been bridged, and whether a bridge was heard. */
  #bridges = 0;
  #bridged = false;
  #bridgedAt: Milliseconds = -Infinity;
  /** The longest that this model has taken to begin to speak. */
  #slowestMs = 0;
  #bridgeAt: Milliseconds | undefined;
  #stallAt: Milliseconds | undefined;

  constructor(call: MachineParts, tools: ToolTurns, outcomes: ResponseOutcomes) {
    this.#call = call;
    this.#tools = tools;
    this.#outcomes = outcomes;
  }

  /** The first audio of a response is about to be played. */
  sounded(responseId: string, now: Milliseconds): void {
    if (this.#call.turns.filler.id === responseId) {
      this.#bridged = true;
      this.#call.turns.filler.sounded(responseId, now);
      return;
    }
    this.#call.turns.progressed(responseId, now);
    this.#outcomes.sounded();
    this.#bridges = 0;
    this.#bridged = false;
    if (this.#begun !== undefined && this.#call.turns.responseId === responseId) {
      this.#slowestMs = Math.max(this.#slowestMs, now - this.#begun.at);
      this.#begun = undefined;
    }
    const unheard = this.#call.turns.filler.open ? this.#call.turns.filler.forgo() : undefined;
    if (unheard !== undefined) this.#call.speech.abandon(unheard, now);
  }

  tick(now: Milliseconds, watched: Watched): void {
    const overdue = this.#call.turns.filler.expire(now);
    if (overdue !== undefined) this.#call.speech.abandon(overdue, now);
    this.update(now, watched);
    if (this.#bridgeAt !== undefined && now >= this.#bridgeAt) this.#bridge(now);
    const freeAt = this.#freeAt;
    if (freeAt !== undefined && now >= freeAt) this.#free(now);
    if (this.#stallAt !== undefined && now >= this.#stallAt) this.#outcomes.stalled(now);
    this.#call.turns.next(now);
    this.update(now, watched);
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#call.turns.filler.wakeAt, this.#bridgeAt, this.#freeAt, this.#stallAt);
  }

  /** When a response that was silenced counts as over. */
  get #freeAt(): Milliseconds | undefined {
    if (this.#silenced === undefined || this.#silenced.id !== this.#call.turns.responseId) {
      return undefined;
    }
    return Math.max(this.#silenced.at, this.#call.turns.currentAt ?? 0) + CANCELLED_MS;
  }

  /** Computes when the next filler and the next stall are due. */
  update(now: Milliseconds, { joined, ready, closing }: Watched): void {
    const { current, currentAt, responseId } = this.#call.turns;
    const isSilenced = responseId !== undefined &&
      this.#call.speech.responses.isSilenced(responseId);
    if (!isSilenced) this.#silenced = undefined;
    else if (this.#silenced?.id !== responseId) this.#silenced = { id: responseId, at: now };
    if (current === undefined) this.#begun = undefined;
    else if (this.#begun?.request !== current && !this.#hasSounded) {
      this.#begun = { request: current, at: currentAt ?? now };
    }
    const quiet = joined && !this.#call.speech.audible && !this.#call.turns.callerState.isSpeaking;
    this.#quietSince = quiet ? this.#quietSince ?? now : undefined;
    const wanted = this.#call.turns.awaited(isSilenced ? responseId : undefined) ||
      this.#tools.calls.running > 0;
    if (!wanted) {
      this.#bridges = 0;
      this.#bridged = false;
    }
    this.#waitingSince = quiet && wanted && !closing ? this.#waitingSince ?? now : undefined;
    this.#bridgeAt = ready ? this.#nextBridgeAt() : undefined;
    this.#stallAt = ready && !isSilenced && currentAt !== undefined
      ? this.#nextStallAt(currentAt)
      : undefined;
  }

  get #hasSounded(): boolean {
    const { responseId } = this.#call.turns;
    return responseId !== undefined && this.#call.speech.responses.hasSounded(responseId);
  }

  /** That of the tools which are waited for, where they have one. */
  get #fillerAfterMs(): Milliseconds {
    const { fillerAfterMs, toolPolicies = {} } = this.#call.policy;
    const own = this.#tools.calls.runningNames.flatMap((name) =>
      toolPolicies[name]?.fillerAfterMs ?? []
    );
    return own.length === 0 ? fillerAfterMs : Math.min(...own);
  }

  #nextBridgeAt(): Milliseconds | undefined {
    const fillerAfterMs = this.#fillerAfterMs;
    const since = this.#waitingSince;
    const bridgeable = fillerAfterMs > 0 && this.#bridges < MAX_BRIDGES &&
      !this.#call.turns.filler.open && !this.#call.menu.isPatient;
    if (!bridgeable || since === undefined) return undefined;
    const { saidAt } = this.#tools;
    const isSaid = saidAt !== undefined && saidAt >= (this.#tools.calls.runningSince ?? Infinity);
    if (this.#bridges > 0 || isSaid) {
      const bridgedAt = Math.max(since, this.#bridgedAt, saidAt ?? -Infinity);
      return bridgedAt + Math.max(fillerAfterMs, REPEAT_MS);
    }
    const slowAt = this.#tools.calls.slowAt(fillerAfterMs) ?? Infinity;
    const replyAt = since + Math.max(fillerAfterMs, USUAL_REPLY_MS);
    return Math.max(since, Math.min(replyAt, slowAt), this.#bridgedAt + APART_MS);
  }

  #nextStallAt(currentAt: Milliseconds): Milliseconds {
    const silentTill = this.#begun === undefined ? Infinity : this.#begun.at + LONGEST_SILENT_MS;
    return Math.min(silentTill, this.#unheardStallAt(currentAt));
  }

  #unheardStallAt(currentAt: Milliseconds): Milliseconds {
    const purpose = this.#call.turns.current?.purpose;
    const unheard = this.#quietSince !== undefined && !this.#bridged && purpose !== undefined &&
      !UNAWAITED.has(purpose) && this.#outcomes.stalls < 2;
    if (!unheard || this.#quietSince === undefined) return currentAt + STALLED_MS;
    return Math.max(currentAt, this.#quietSince) + this.#stallLimitMs;
  }

  /** A model that was slow before gets more time. */
  get #stallLimitMs(): Milliseconds {
    const { fillerAfterMs } = this.#call.policy;
    const usualMs = fillerAfterMs > 0
      ? Math.max(SILENT_MS, fillerAfterMs + BRIDGE_MS)
      : UNBRIDGED_MS;
    return Math.min(STALLED_MS, Math.max(usualMs, 2 * this.#slowestMs));
  }

  #bridge(now: Milliseconds): void {
    const slow = this.#tools.calls.running > 0;
    this.#tools.calls.bridgeSlow();
    this.#bridges++;
    this.#bridgedAt = now;
    this.#call.commands.notice("filler");
    this.#call.turns.askFiller(slow ? prompts.filler() : prompts.bridge(), now);
  }

  #free(now: Milliseconds): void {
    const { responseId } = this.#call.turns;
    if (responseId === undefined) return;
    this.#call.speech.abandon(responseId, now);
    this.#call.turns.done(responseId, now);
  }
}
