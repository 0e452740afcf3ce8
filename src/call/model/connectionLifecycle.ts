import type { MachineParts } from "../machine/machineParts.ts";
import type { ModelLoss, ResponseRequest } from "../realtimeClient.ts";
import { Recovery } from "./recovery.ts";
import * as prompts from "./prompts.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Milliseconds } from "../types.ts";

/** When the call's model connection is opened, replaced and given up, and what a new one still owes. */
export class ConnectionLifecycle {
  readonly #call: MachineParts;
  readonly #tools: ToolTurns;
  readonly #recovery = new Recovery();
  #openedAt: Milliseconds;
  #ready = false;
  #readyBefore = false;
  /** What the caller is still owed by a connection that was lost. */
  #unanswered: ResponseRequest | undefined;
  /** The connection was lost in the middle of a sentence. */
  #brokenOff = false;
  #givenUp: string | undefined;

  constructor(call: MachineParts, tools: ToolTurns, now: Milliseconds) {
    this.#call = call;
    this.#tools = tools;
    this.#openedAt = now;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get recovering(): boolean {
    return this.#readyBefore && !this.#ready;
  }

  /** Whether a connection that is gone has left the caller without words that were due. */
  get owes(): boolean {
    return this.#unanswered !== undefined || this.#brokenOff;
  }

  open(): void {
    this.#tools.modelOpened();
    this.#call.commands.push({ type: "openModel", history: this.#call.transcript.history() });
  }

  opened(expiresInMs: Milliseconds | undefined, now: Milliseconds): void {
    this.#recovery.ready(now, expiresInMs);
    this.#call.commands.publish({
      type: "modelReady",
      afterMs: Math.round(now - this.#openedAt),
      again: this.#readyBefore,
    });
    this.#ready = true;
    this.#readyBefore = true;
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    if (this.#brokenOff) this.#call.commands.request(prompts.goOn());
    this.#brokenOff = false;
    this.#call.turns.connected(now, unanswered);
  }

  /** The caller is being answered. */
  responseStarted(): void {
    this.#recovery.answered();
  }

  /** The call is to end: no connection would do better. */
  giveUp(code: string): void {
    this.#givenUp ??= code;
  }

  /** Does without this connection, which is of no use any more, and takes another. */
  replace(code: string, now: Milliseconds): void {
    this.#call.commands.push({ type: "closeModel" });
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
    if (step.kind === "giveUp") this.#givenUp = step.code;
  }

  /** Returns a code when the connection is given up. */
  tick(now: Milliseconds, quiet: boolean): string | undefined {
    if (this.#givenUp !== undefined) return this.#givenUp;
    const step = this.#recovery.reopenDue(now, quiet);
    if (step === undefined) return undefined;
    if (step === "rotate") this.#leave(now);
    this.#openedAt = now;
    this.#call.commands.push({ type: "closeModel" });
    this.open();
    return undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#recovery.wakeAt;
  }

  #leave(now: Milliseconds): void {
    this.#ready = false;
    this.#unanswered = this.#owedByLost() ?? this.#unanswered;
    this.#call.speech.modelLost(now);
    this.#tools.modelLost();
    this.#call.turns.disconnected();
  }

  #owedByLost(): ResponseRequest | undefined {
    const { greeting, greetingProtected } = this.#call.policy;
    const { current, responseId } = this.#call.turns;
    if (current === undefined) {
      return this.#call.turns.callerState.isAnswerDue ? { purpose: "reply" } : undefined;
    }
    const { responses } = this.#call.speech;
    if (responseId === undefined) return current;
    if (responses.isSilenced(responseId)) return undefined;
    if (!responses.hasSounded(responseId)) return current;
    if (current.purpose === "greeting" && greetingProtected && greeting !== undefined) {
      return prompts.restOfGreeting(greeting);
    }
    this.#brokenOff = current.purpose !== "goodbye";
    return this.#brokenOff ? { purpose: "reply" } : undefined;
  }
}
