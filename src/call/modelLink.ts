import type { AgentVoice } from "./agentVoice.ts";
import type { CallParts } from "./callParts.ts";
import { earliest } from "./earliest.ts";
import type { Outbox } from "./outbox.ts";
import type { ModelInput, ModelLoss, ResponseRequest } from "./realtimeClient.ts";
import { Recovery } from "./recovery.ts";
import * as sentences from "./sentences.ts";
import type { ToolTurns } from "./toolTurns.ts";
import type { Transcript } from "./transcript.ts";
import type { Turns } from "./turns.ts";
import type { Milliseconds } from "./types.ts";

type ResponseDone = Extract<ModelInput, { type: "responseDone" }>;

/** Failures of the account: a fresh connection would only fail in the same way, at cost. */
const FATAL_CODES = new Set([
  "insufficient_quota",
  "invalid_api_key",
  "account_deactivated",
  "billing_hard_limit_reached",
]);
const RETRY_AFTER_MS = 1000;
/** After this many failed responses in a row the model is of no use to the caller. */
const MAX_FAILED_RESPONSES = 3;

/** The connection to the model over its life: opened, lost, replaced, given up. */
export class ModelLink {
  readonly #outbox: Outbox;
  readonly #transcript: Transcript;
  readonly #turns: Turns;
  readonly #voice: AgentVoice;
  readonly #tools: ToolTurns;
  readonly #recovery = new Recovery();
  #openedAt: Milliseconds;
  #ready = false;
  #readyBefore = false;
  /** What the caller is still owed by a connection that was lost. */
  #unanswered: ResponseRequest | undefined;
  /** The connection was lost in the middle of a sentence. */
  #brokenOff = false;
  #failed = 0;
  #retry: { readonly request: ResponseRequest; readonly at: Milliseconds } | undefined;
  #givenUp: string | undefined;

  constructor(
    { outbox, transcript, turns, voice }: CallParts,
    tools: ToolTurns,
    now: Milliseconds,
  ) {
    this.#outbox = outbox;
    this.#transcript = transcript;
    this.#turns = turns;
    this.#voice = voice;
    this.#tools = tools;
    this.#openedAt = now;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get recovering(): boolean {
    return this.#readyBefore && !this.#ready;
  }

  open(): void {
    this.#tools.modelOpened();
    this.#outbox.push({ type: "openModel", history: this.#transcript.history() });
  }

  opened(expiresInMs: Milliseconds | undefined, now: Milliseconds): void {
    this.#recovery.ready(now, expiresInMs);
    this.#outbox.publish({
      type: "modelReady",
      afterMs: Math.round(now - this.#openedAt),
      again: this.#readyBefore,
    });
    this.#ready = true;
    this.#readyBefore = true;
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    if (this.#brokenOff) this.#outbox.push({ type: "model", request: sentences.goOn() });
    this.#brokenOff = false;
    this.#outbox.pushAll(this.#turns.connected(now, unanswered));
  }

  /** The caller is being answered: a response that failed before needs no second try. */
  responseStarted(): void {
    this.#recovery.answered();
    this.#retry = undefined;
  }

  lost(loss: ModelLoss, now: Milliseconds): void {
    const step = this.#recovery.lost(loss, now);
    this.#outbox.publish({
      type: "modelLost",
      code: loss.code,
      recovering: step.kind === "reopen",
    });
    this.#leave(now);
    if (step.kind === "giveUp") this.#givenUp = step.code;
  }

  /** A failed response is asked for once more; then the next failure counts towards giving up. */
  responseDone(done: ResponseDone, now: Milliseconds): void {
    if (done.status === "completed" || done.status === "cancelled") {
      if (done.status === "completed") this.#failed = 0;
      return;
    }
    const code = done.reason ?? done.status;
    if (FATAL_CODES.has(code)) {
      this.#givenUp = code;
      return;
    }
    if (done.status === "incomplete" && this.#voice.audible) return;
    this.#failed++;
    if (this.#failed >= MAX_FAILED_RESPONSES) {
      this.#givenUp = code;
      return;
    }
    const own = this.#turns.responseId === done.responseId ? this.#turns.current : undefined;
    const request = own ?? { purpose: "reply" };
    this.#retry = { request, at: now + RETRY_AFTER_MS * this.#failed };
  }

  /** Gives a code when there is no way on. */
  tick(now: Milliseconds, quiet: boolean): string | undefined {
    if (this.#givenUp !== undefined) return this.#givenUp;
    if (this.#retry !== undefined && now >= this.#retry.at && this.#ready) {
      const { request } = this.#retry;
      this.#retry = undefined;
      this.#outbox.notice("response_retried");
      this.#outbox.pushAll(this.#turns.ask(request, now));
    }
    const step = this.#recovery.takeReopen(now, quiet);
    if (step === undefined) return undefined;
    if (step === "rotate") this.#leave(now);
    this.#openedAt = now;
    this.#outbox.push({ type: "closeModel" });
    this.open();
    return undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    // A connection that becomes ready is an event of its own: before, the retry would not be made.
    return earliest(this.#ready ? this.#retry?.at : undefined, this.#recovery.wakeAt);
  }

  #leave(now: Milliseconds): void {
    this.#ready = false;
    this.#unanswered = this.#owedByLost() ?? this.#unanswered;
    this.#retry = undefined;
    this.#voice.modelLost(now);
    this.#tools.modelLost();
    this.#turns.disconnected();
  }

  #owedByLost(): ResponseRequest | undefined {
    const { current, responseId } = this.#turns;
    if (current === undefined || current.purpose === "filler") {
      return this.#turns.answerDue ? { purpose: "reply" } : this.#retry?.request;
    }
    switch (responseId === undefined ? "nothing" : this.#voice.progressOf(responseId)) {
      case "nothing":
        return current;
      case "some":
        this.#brokenOff = current.purpose !== "goodbye";
        return this.#brokenOff ? { purpose: "reply" } : undefined;
      case "silenced":
        return undefined;
    }
  }
}
