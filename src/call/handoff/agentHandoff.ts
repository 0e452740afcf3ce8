import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import { tellForGood } from "../model/tellForGood.ts";
import { type Handoff, MAX_HANDOFFS } from "../handoff.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";
import { handoffNote, handoffSentence, summaryFor, TOO_MANY, UNDER_WAY } from "./handoffPrompts.ts";

/** After this the next agent takes the call, whatever the sentence before has come to. */
const LONGEST_MS = 30_000;
/** So long a caller who has heard the sentence waits for a connection that is prepared. */
const PREPARED_WITHIN_MS = 5000;

/** The model's connections, as far as a handoff needs them. */
interface Connections {
  readonly ready: boolean;
  /** Whether the one for the next agent can take over, or cannot be had. */
  readonly next: "none" | "opening" | "ready";
  /** Whether the model will answer by itself what it has yet to hear. */
  readonly answersByItself: boolean;
  /** Opens a connection for the agent, which gets nothing of the conversation. */
  prepareFor(agent: string): void;
  /** Leaves the present connection for the one that was prepared for the agent, or for a new one. */
  changeOver(agent: string, now: Milliseconds): void;
}

interface Pending {
  readonly handoff: Handoff;
  readonly until: Milliseconds;
  /** Whether a connection has been asked for. */
  isPrepared?: true;
  /** Since when the caller has heard all of the sentence. */
  heardAt?: Milliseconds;
}

/**
 * Gives the call to another agent: after a sentence of the one that has it, where there is one, over the
 * same connection if that is possible. The next agent speaks first; it is told who had the caller and why.
 */
export class AgentHandoff {
  readonly #call: MachineParts;
  /** The agent that the call began with. */
  readonly #first: string;
  #count: number;
  /** Asked for by a tool, while others of the same response may still run. */
  #asked: Handoff | undefined;
  #pending: Pending | undefined;
  /** The agent that has just got the call is yet to speak. */
  #speaksNext: "withTools" | "withoutTools" | undefined;
  #mayUseTools = true;
  /** The call is ending, and perhaps not for good. */
  #waits = false;

  constructor(call: MachineParts, handoffs: ResumedCall["handoffs"]) {
    this.#call = call;
    const { agent } = call.policy;
    this.#first = handoffs?.first ?? agent;
    this.#count = handoffs?.count ?? 0;
    call.transcript.agent.spokenBy(agent === this.#first ? undefined : agent);
  }

  /** Whether the call is about to be given to another agent. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Whether a tool has asked for a handoff that has not begun. */
  get isAsked(): boolean {
    return this.#asked !== undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    const pending = this.#pending;
    if (pending === undefined || this.#waits) return undefined;
    const { heardAt } = pending;
    return earliest(
      pending.until,
      heardAt === undefined ? undefined : heardAt + PREPARED_WITHIN_MS,
    );
  }

  /** A tool has asked for it. Returns what the model gets to read where it may not be: the first one counts. */
  ask(handoff: Handoff): string | undefined {
    if (this.#asked !== undefined || this.#pending !== undefined) return UNDER_WAY;
    if (this.#count >= MAX_HANDOFFS) return TOO_MANY;
    this.#asked = handoff;
    return undefined;
  }

  /** The call takes another way than the one that was asked for. */
  drop(): void {
    this.#asked = undefined;
  }

  /** Begins what was asked for. `agentSpoke`: the caller has been told something already. */
  begin(
    { agentSpoke, mayUseTools }: { readonly agentSpoke: boolean; readonly mayUseTools: boolean },
    now: Milliseconds,
  ): void {
    const handoff = this.#asked;
    if (handoff === undefined) return;
    this.#asked = undefined;
    this.#mayUseTools = mayUseTools;
    this.#pending = { handoff, until: now + LONGEST_MS };
    // To open a connection takes a while, which is better filled.
    if (handoff.say === undefined && (agentSpoke || handoff.connection === "same")) return;
    this.#call.turns.ask(handoffSentence(handoff), now);
  }

  /** The connection is gone, or about to be left, and the next one is given the conversation. */
  connectionLeft(): void {
    if (this.#pending !== undefined) this.#take(this.#pending.handoff, false);
  }

  /** While the call is `ending`, which may be taken back, nothing is handed over. */
  tick(now: Milliseconds, ending: boolean, connections: Connections): void {
    this.#waits = ending;
    if (!ending && this.#pending !== undefined) this.#goOn(this.#pending, now, connections);
    if (this.#speaksNext !== undefined) this.#letSpeak(now, connections);
  }

  #goOn(pending: Pending, now: Milliseconds, connections: Connections): void {
    const { handoff } = pending;
    const isLate = now >= pending.until;
    if (handoff.connection === "same") {
      // The words of the next agent follow the sentence, wherever its playback has got to.
      if (isLate || !connections.ready || !this.#isAnnouncing) this.#take(handoff, true);
      return;
    }
    if (connections.ready && !isLate) {
      if (pending.isPrepared === undefined) {
        pending.isPrepared = true;
        connections.prepareFor(handoff.agent);
      }
      if (this.#isAnnouncing || this.#call.speech.audible) {
        // The agent may go on speaking, such as of what a tool has brought meanwhile.
        delete pending.heardAt;
        return;
      }
      pending.heardAt ??= now;
      const isOpening = connections.next === "opening";
      if (isOpening && now < pending.heardAt + PREPARED_WITHIN_MS) return;
    }
    this.#take(handoff, false);
    connections.changeOver(handoff.agent, now);
  }

  /** Whether the sentence is owed or being made. */
  get #isAnnouncing(): boolean {
    const { turns } = this.#call;
    return turns.current?.purpose === "handoff" || turns.owes("handoff");
  }

  /** From now on the agent has the call. `overSame`: the model of the present connection is told. */
  #take(handoff: Handoff, overSame: boolean): void {
    const { commands, transcript, turns, inForce } = this.#call;
    const { agent, title, connection, version, why, facts, lastLines } = handoff;
    const summary = summaryFor(handoff, transcript.entries.unheardRest());
    const { agent: from } = inForce.policy;
    this.#pending = undefined;
    this.#count++;
    turns.withdraw("handoff");
    inForce.change(handoff.policy);
    // Whether anything of it is still to be heard is seen before the agent speaks.
    if (handoff.policy.opening !== undefined) turns.opening = true;
    transcript.agent.spokenBy(agent === this.#first ? undefined : agent);
    commands.push({ type: "useAgent", agent, connection });
    const historyFrom = lastLines === undefined
      ? undefined
      : transcript.entries.keepLines(lastLines);
    commands.publish({
      type: "handoff",
      from,
      to: agent,
      title,
      ...present({ version, reason: why, facts, summary, historyFrom }),
    });
    const note = handoffNote({ ...handoff, ...present({ summary }) });
    if (overSame) tellForGood(this.#call, note);
    else transcript.noted(note.text);
    this.#speaksNext = this.#mayUseTools ? "withTools" : "withoutTools";
  }

  /** One response, unless the caller has said something that is being answered. */
  #letSpeak(now: Milliseconds, { answersByItself }: Connections): void {
    const { turns } = this.#call;
    const tools = this.#speaksNext === "withoutTools" ? { tools: "none" } as const : {};
    this.#speaksNext = undefined;
    if (answersByItself || turns.current?.purpose === "reply") return;
    turns.ask({ purpose: "reply", ...tools }, now);
  }
}
