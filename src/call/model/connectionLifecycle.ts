import type { CallEvent } from "../callEvent.ts";
import type { CallInput, StandbyInput } from "../callInput.ts";
import type { AgentHandoff } from "../handoff/agentHandoff.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { ModelLoss } from "../realtimeClient.ts";
import { OwedSpeech } from "./owedSpeech.ts";
import { Recovery } from "./recovery.ts";
import * as prompts from "./prompts.ts";
import type { Moment } from "./sessionLife.ts";
import { Standby } from "./standby.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Milliseconds } from "../types.ts";
import { UnsettledSpeech } from "./unsettledSpeech.ts";

/** Most connections that are lost are back within this. */
const EXPECTED_MS = 4000;

/** When the call's model connection is opened, replaced and given up, and what a new one still owes. */
export class ConnectionLifecycle {
  readonly #call: MachineParts;
  readonly #tools: ToolTurns;
  readonly #handoff: Pick<AgentHandoff, "connectionLeft">;
  readonly #recovery: Recovery;
  readonly #standby: Standby;
  readonly #unsettled: UnsettledSpeech;
  readonly #owed: OwedSpeech;
  #openedAt: Milliseconds;
  #ready = false;
  #readyBefore = false;
  /** A connection that is being opened, the first one too, is expected until then. */
  #expectedTill: Milliseconds | undefined;
  #givenUp: string | undefined;
  /** The agent was stopped by a sound that no model has heard yet. */
  #isStopped = false;
  /** The call does without a model for a while. */
  #isParked = false;

  constructor(
    call: MachineParts,
    tools: ToolTurns,
    handoff: Pick<AgentHandoff, "connectionLeft">,
    now: Milliseconds,
  ) {
    this.#call = call;
    this.#tools = tools;
    this.#handoff = handoff;
    this.#openedAt = now;
    this.#expectedTill = now + EXPECTED_MS;
    this.#recovery = new Recovery(now);
    this.#standby = new Standby(call.commands);
    this.#unsettled = new UnsettledSpeech(call, now);
    this.#owed = new OwedSpeech(call, tools, this.#unsettled);
  }

  get ready(): boolean {
    return this.#ready;
  }

  get recovering(): boolean {
    return this.#readyBefore && !this.#ready && !this.#isParked;
  }

  /** The event that shows a missing model, for a leg that joins while it is missing. */
  get lossEvents(): readonly CallEvent[] {
    return this.recovering ? [{ type: "modelLost", code: "recovering", recovering: true }] : [];
  }

  /** Whether a connection that is gone has left the caller without words that were due. */
  get owes(): boolean {
    return this.#owed.any;
  }

  /** Whether there is a model, or soon will be: goodbyes do not wait for longer. */
  get isExpected(): boolean {
    return this.#givenUp === undefined && (this.#ready || this.#expectedTill !== undefined);
  }

  /** What becomes of the connection for the agent that is to get the call. */
  get next(): "none" | "opening" | "ready" {
    if (this.#standby.agent === undefined) return "none";
    return this.#standby.isReady ? "ready" : "opening";
  }

  /** Whether the model will answer by itself what it has yet to hear. */
  get answersByItself(): boolean {
    return this.#unsettled.isTurnGiven;
  }

  /** Opens a connection for an agent that is to get the call. */
  prepareFor(agent: string): void {
    this.#standby.prepareFor(agent);
  }

  /** Leaves the present connection for the one of the agent that has got the call. */
  changeOver(agent: string, now: Milliseconds): void {
    const isPrepared = this.#standby.agent === agent;
    if (this.#standby.exists && !isPrepared) {
      this.#standby.drop();
      this.#call.commands.push({ type: "closeModel" });
    }
    // The connection that is opened again next is the agent's.
    if (this.#recovery.wakeAt !== undefined) return;
    this.#leave(now);
    this.#standby.presentLost();
    if (isPrepared) this.#takeOver(now);
    else this.#open(now);
  }

  /** From when on the caller's audio may have to be given to another connection. */
  audioNeededFrom(now: Milliseconds): Milliseconds {
    return this.#unsettled.neededFrom(now);
  }

  /** Opens the first connection, where the call is to have one now. */
  begin(): void {
    if (!this.#isParked) this.#open(this.#openedAt);
  }

  /** Closes the connection, and opens none until `unpark`. */
  park(now: Milliseconds): void {
    if (this.#isParked) return;
    this.#isParked = true;
    this.#standby.drop();
    this.#recovery.reopenNoMore();
    this.#call.commands.push({ type: "closeModel" });
    this.#leave(now);
    this.#standby.presentLost();
    this.#expectedTill = undefined;
  }

  /** Opens a connection where it was parked. */
  unpark(now: Milliseconds): void {
    if (!this.#isParked) return;
    this.#isParked = false;
    this.#expectedTill = now + EXPECTED_MS;
    this.#open(now);
  }

  #open(now: Milliseconds): void {
    this.#tools.modelOpened(now);
    this.#openedAt = now;
    this.#call.commands.push({ type: "openModel", ...this.#conversation(now) });
  }

  opened(expiresInMs: Milliseconds | undefined, now: Milliseconds): void {
    this.#standby.serves(now, expiresInMs);
    this.#serve(now);
  }

  /** What happens to the connection that stands by. */
  standby(input: StandbyInput, now: Milliseconds): void {
    if (input.type === "standbyReady") this.#standby.ready(now, input.expiresInMs);
    else this.#standby.lost(now);
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#unsettled.follow(input, now);
  }

  /** The caller is being answered: by words, or by a tool that was called. */
  answers(how: "heard" | "tool", now: Milliseconds): void {
    this.#unsettled.answered(now);
    this.#owed.answered();
    this.#isStopped = false;
    // A model may hear several turns as one: of the others nothing comes any more.
    if (!this.#unsettled.isUnheard) this.#call.transcript.nothingHeard("noise");
    if (how === "tool") return;
    this.#recovery.heard();
    this.#tools.agentSpoke();
  }

  /** A sound has stopped the agent while no model hears: one that takes it for no speech has to go on. */
  stoppedUnheard(): void {
    this.#isStopped = true;
  }

  /** Tells the model something, and the next one if the agent is not heard over this connection. */
  tell(note: prompts.ModelNote): void {
    this.#owed.tell(note);
  }

  /** The call is to end: no connection would do better. */
  giveUp(code: string): void {
    this.#givenUp ??= code;
  }

  /** Does without this connection, which is of no use any more, and takes another. */
  replace(code: string, now: Milliseconds): void {
    if (!this.#standby.exists) this.#call.commands.push({ type: "closeModel" });
    this.lost({ code, retry: "now" }, now);
  }

  lost(loss: ModelLoss, now: Milliseconds): void {
    const step = this.#recovery.lost(loss, now);
    this.#call.commands.publish({
      type: "modelLost",
      code: loss.code,
      recovering: step.kind === "reopen",
    });
    this.#leave(now);
    this.#standby.presentLost();
    if (step.kind === "giveUp") this.#givenUp = step.code;
    else if (this.#standby.exists) this.#takeOver(now);
  }

  /** Returns a code when the connection is given up. */
  tick(now: Milliseconds, moment: Moment): string | undefined {
    if (this.#givenUp !== undefined) return this.#givenUp;
    if (this.#isParked) return undefined;
    if (now >= (this.#expectedTill ?? Infinity)) this.#expectedTill = undefined;
    if (this.#recovery.reopenDue(now)) this.#open(now);
    if (this.#standby.tick(now, moment)) {
      this.#leave(now);
      this.#takeOver(now);
    }
    if (this.#ready) this.#askForUnheard(now);
    return undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#givenUp !== undefined || this.#isParked) return undefined;
    return earliest(
      this.#recovery.wakeAt,
      this.#standby.wakeAt,
      this.#unsettled.wakeAt,
      this.#expectedTill,
    );
  }

  #askForUnheard(now: Milliseconds): void {
    const unheard = this.#unsettled.unheard(now);
    if (unheard === undefined) return;
    const { transcript, turns, speech } = this.#call;
    transcript.nothingHeard(unheard);
    if (unheard === "turn") return turns.ask(prompts.sayAgain(), now);
    if (!this.#isStopped || turns.busy || speech.audible) return;
    this.#isStopped = false;
    this.tell(prompts.goOn());
    turns.ask({ purpose: "reply" }, now);
  }

  #takeOver(now: Milliseconds): void {
    const isReady = this.#standby.isReady;
    this.#standby.takeOver();
    this.#recovery.reopenNoMore();
    this.#tools.modelOpened(now);
    this.#openedAt = now;
    this.#call.commands.push({ type: "takeOver", ...this.#conversation(now) });
    if (isReady) this.#serve(now);
  }

  #serve(now: Milliseconds): void {
    this.#recovery.ready(now);
    this.#call.commands.publish({
      type: "modelReady",
      afterMs: Math.round(now - this.#openedAt),
      again: this.#readyBefore,
    });
    this.#ready = true;
    this.#expectedTill = undefined;
    this.#readyBefore = true;
    this.#unsettled.given(now);
    this.#call.turns.connected(now, this.#owed.take());
  }

  #conversation(now: Milliseconds) {
    return {
      history: this.#call.transcript.entries.history(),
      audioFrom: this.#unsettled.neededFrom(now),
    };
  }

  #leave(now: Milliseconds): void {
    this.#handoff.connectionLeft();
    this.#ready = false;
    this.#expectedTill ??= now + EXPECTED_MS;
    this.#owed.lost(now);
    this.#call.speech.modelLost(now);
    this.#tools.modelLost();
    this.#call.turns.disconnected();
    this.#call.compaction.reset();
  }
}
