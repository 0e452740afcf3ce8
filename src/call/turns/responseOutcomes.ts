import type { MachineParts } from "../machine/machineParts.ts";
import type { ConnectionLifecycle } from "../model/connectionLifecycle.ts";
import type { ModelInput, ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import * as prompts from "../model/prompts.ts";
import type { ToolTurns } from "./toolTurns.ts";
import type { Milliseconds } from "../types.ts";

type ResponseDone = Extract<ModelInput, { type: "responseDone" }>;
type RequestRefused = Extract<ModelInput, { type: "requestRefused" }>;

const RETRY_AFTER_MS = 1000;
/** Limit of the delay that a server may ask for before a retry. */
const LONGEST_RETRY_MS = 8000;
/** After this many failed responses in a row the connection is given up. */
const MAX_FAILED_RESPONSES = 3;
/** So many collisions in a row mean a stuck connection. */
const MAX_COLLISIONS = 3;
/** Not retried: they are of no use when late or repeated. */
const DISPENSABLE: ReadonlySet<ResponsePurpose> = new Set([
  "idle_prompt",
  "time_warning",
  "handoff",
]);

/** Decides after each response: done, retried, or the connection is replaced. */
export class ResponseOutcomes {
  readonly #call: MachineParts;
  readonly #tools: ToolTurns;
  readonly #connection: ConnectionLifecycle;
  #failed = 0;
  /** Responses in a row that neither began to sound nor ended. */
  #stalls = 0;
  /** Requests in a row that were refused because another response runs, without audio since. */
  #collisions = 0;

  constructor(call: MachineParts, tools: ToolTurns, connection: ConnectionLifecycle) {
    this.#call = call;
    this.#tools = tools;
    this.#connection = connection;
  }

  get stalls(): number {
    return this.#stalls;
  }

  /** Audio has begun: earlier stalls and collisions no longer count. */
  sounded(): void {
    this.#stalls = 0;
    this.#collisions = 0;
  }

  done(done: ResponseDone, now: Milliseconds): void {
    const { responseId, status } = done;
    const code = done.reason ?? status;
    if (done.fatal === true) this.#connection.giveUp(code);
    if (this.#call.turns.filler.id === responseId) {
      this.#call.turns.filler.over(responseId);
      this.#call.speech.asideOver(responseId, now);
      return this.#call.turns.next(now);
    }
    const request = this.#call.turns.responseId === responseId
      ? this.#call.turns.current
      : undefined;
    const outcome = request === undefined ? "said" : this.#outcomeOf(done, request);
    const itemId = this.#call.speech.latestItemOf(responseId);
    if (status !== "completed" && itemId !== undefined) {
      this.#call.transcript.agent.brokenOff(itemId);
    }
    if (outcome === "brokenOff") this.#call.speech.breakOff(responseId, now);
    if (outcome === "unspoken") {
      this.#call.speech.unspoken(responseId);
      this.#call.compaction.unspoken();
    }
    this.#call.speech.responseDone(responseId, now);
    this.#tools.responseDone(done, now);
    if (request !== undefined) {
      if (outcome === "brokenOff") this.#continueResponse(request, code, RETRY_AFTER_MS, now);
      else if (outcome !== "said") this.#retry(request, code, done.retryAfterMs, now);
      else if (status === "completed") this.#failed = 0;
    }
    this.#call.turns.done(responseId, now);
  }

  /** The model refused to start a response. */
  refused(
    request: ResponseRequest,
    { kind, code, retryAfterMs }: RequestRefused,
    now: Milliseconds,
  ): void {
    if (request.aside === true) {
      if (this.#call.turns.filler.awaited) this.#call.turns.filler.reset();
    } else {
      const refused = this.#call.turns.refused(request, kind, now);
      if (refused !== undefined) this.#retry(refused, code, retryAfterMs, now);
      else if (this.#call.turns.owes(request.purpose)) this.#collided(now);
    }
    this.#call.turns.next(now);
  }

  /** The model reports another active response, but sends no audio of it. */
  #collided(now: Milliseconds): void {
    this.#collisions++;
    if (this.#collisions >= 3 * MAX_COLLISIONS) return this.#connection.giveUp("unresponsive");
    if (this.#collisions % MAX_COLLISIONS === 0) this.#connection.replace("unresponsive", now);
  }

  /** A cancel came too late: the response is over, whether or not its end has come. */
  cancelRefused(responseId: string, now: Milliseconds): void {
    if (this.#call.turns.responseId !== responseId) return;
    this.#call.speech.responseDone(responseId, now);
    this.#call.turns.done(responseId, now);
  }

  /** The pending or running response has sent nothing for too long. */
  stalled(now: Milliseconds): void {
    const { current: request, responseId } = this.#call.turns;
    if (request === undefined) return;
    this.#dropFiller(now);
    if (responseId === undefined) {
      this.#call.turns.giveUp();
      this.#stall(request, now);
    } else if (this.#isWhole(responseId)) {
      this.#call.commands.request({ type: "cancel", responseId });
      this.#call.speech.responseDone(responseId, now);
      this.#tools.responseDone({ responseId, status: "completed", toolCalls: [] }, now);
      this.#call.turns.giveUp();
    } else {
      const sounded = this.#call.speech.responses.hasSounded(responseId);
      this.#call.speech.abandon(responseId, now);
      this.#tools.responseDone({ responseId, status: "cancelled", toolCalls: [] }, now);
      this.#call.turns.giveUp();
      if (sounded) this.#continueResponse(request, "unresponsive", 0, now);
      else this.#stall(request, now);
    }
    this.#call.turns.next(now);
  }

  /** All items are complete; only `responseDone` is missing. */
  #isWhole(responseId: string): boolean {
    if (this.#call.speech.isUnfinished(responseId)) return false;
    return this.#call.speech.responses.hasSounded(responseId) ||
      this.#tools.hasCalled(responseId);
  }

  #outcomeOf(
    { responseId, status, reason, callerSpoke, toolCalls }: ResponseDone,
    { purpose }: ResponseRequest,
  ): "said" | "brokenOff" | "failed" | "unspoken" {
    if (this.#call.speech.responses.isSilenced(responseId)) return "said";
    const sounded = this.#call.speech.responses.hasSounded(responseId);
    switch (status) {
      case "completed": {
        const calls = toolCalls.length > 0 || this.#tools.hasCalled(responseId);
        return sounded || calls || this.#call.menu.isPatient ? "said" : "unspoken";
      }
      case "cancelled": {
        // Not cancelled by us: the model has heard the caller, or says no more.
        if (purpose === "greeting" && this.#call.policy.greetingProtected) {
          return sounded ? "brokenOff" : "failed";
        }
        if (callerSpoke === true || this.#call.turns.callerState.isSpeaking) return "said";
        if (!sounded) return "failed";
        return reason === undefined ? "brokenOff" : "said";
      }
      case "incomplete":
        return sounded ? "said" : "failed";
      case "failed":
        return sounded ? "brokenOff" : "failed";
    }
  }

  /** Retries the response with growing delays, then gives up. */
  #retry(
    request: ResponseRequest,
    code: string,
    retryAfterMs: Milliseconds | undefined,
    now: Milliseconds,
  ): void {
    if (code === "completed" && DISPENSABLE.has(request.purpose)) return;
    this.#failed++;
    const isLast = request.purpose === "goodbye"
      ? this.#failed > 1
      : this.#failed >= MAX_FAILED_RESPONSES;
    if (isLast) {
      // A call that is being left ends without its goodbye.
      if (request.purpose !== "goodbye") {
        this.#connection.giveUp(code === "completed" ? "no_speech" : code);
      }
      return;
    }
    this.#call.commands.notice("response_retried");
    const hintMs = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_MS);
    this.#call.turns.askAgain(request, Math.max(hintMs, RETRY_AFTER_MS * this.#failed), now);
  }

  /** Asks for the rest of a response of which the beginning was heard. */
  #continueResponse(
    request: ResponseRequest,
    code: string,
    delayMs: Milliseconds,
    now: Milliseconds,
  ): void {
    const { purpose } = request;
    // Who has something said exactly asks for it again, from its beginning.
    if (purpose === "goodbye" || request.exact !== undefined || DISPENSABLE.has(purpose)) return;
    this.#failed++;
    if (this.#failed >= MAX_FAILED_RESPONSES) return this.#connection.giveUp(code);
    this.#call.commands.notice("response_retried");
    const { greeting } = this.#call.policy;
    if (purpose === "greeting" && this.#call.policy.greetingProtected && greeting !== undefined) {
      return this.#call.turns.askAgain(prompts.restOfGreeting(greeting), delayMs, now);
    }
    this.#connection.tell(prompts.goOn());
    this.#call.turns.askAgain({ purpose: "reply" }, delayMs, now);
  }

  /** Nothing came: retries once, then over a new connection, then gives up. */
  #stall(request: ResponseRequest, now: Milliseconds): void {
    this.#stalls++;
    if (request.purpose === "goodbye") {
      if (this.#stalls === 1) this.#call.turns.askAgain(request, 0, now);
      return;
    }
    if (this.#stalls > 2) return this.#connection.giveUp("unresponsive");
    if (!DISPENSABLE.has(request.purpose)) this.#call.commands.notice("response_retried");
    // What an operator wants said comes after what the caller waits for.
    if (request.purpose === "say") this.#call.turns.ask(request, now);
    else if (!DISPENSABLE.has(request.purpose)) this.#call.turns.askAgain(request, 0, now);
    if (this.#stalls === 2) this.#connection.replace("unresponsive", now);
  }

  #dropFiller(now: Milliseconds): void {
    const { id } = this.#call.turns.filler;
    this.#call.turns.filler.reset();
    if (id !== undefined) this.#call.speech.abandon(id, now);
  }
}
