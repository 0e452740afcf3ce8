import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { CallParts } from "../callParts.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import type { ModelLoss, ResponseRequest } from "../realtimeClient.ts";
import { Recovery } from "./recovery.ts";
import * as prompts from "./prompts.ts";
import type { ToolTurns } from "../turns/toolTurns.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Turns } from "../turns/turns.ts";
import type { Milliseconds } from "../types.ts";

/** The connection to the model over its life: opened, lost, replaced, given up. */
export class ModelConnection {
  readonly #outbox: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #turns: Turns;
  readonly #voice: AgentSpeech;
  readonly #tools: ToolTurns;
  /** Where it has to be heard whole. */
  readonly #greeting: string | undefined;
  readonly #recovery = new Recovery();
  #openedAt: Milliseconds;
  #ready = false;
  #readyBefore = false;
  /** What the caller is still owed by a connection that was lost. */
  #unanswered: ResponseRequest | undefined;
  /** The connection was lost in the middle of a sentence. */
  #brokenOff = false;
  #givenUp: string | undefined;

  constructor(
    { policy, outbox, transcript, turns, voice }: CallParts,
    tools: ToolTurns,
    now: Milliseconds,
  ) {
    this.#greeting = policy.greetingProtected ? policy.greeting : undefined;
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
    if (this.#brokenOff) this.#outbox.push({ type: "model", request: prompts.goOn() });
    this.#brokenOff = false;
    this.#outbox.pushAll(this.#turns.connected(now, unanswered));
  }

  /** The caller is being answered. */
  responseStarted(): void {
    this.#recovery.answered();
  }

  /** There is no way on: the call ends. */
  giveUp(code: string): void {
    this.#givenUp ??= code;
  }

  /** Does without this connection, which is of no use any more, and takes another. */
  replace(code: string, now: Milliseconds): void {
    this.#outbox.push({ type: "closeModel" });
    this.lost({ code, retry: "now" }, now);
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

  /** Gives a code when there is no way on. */
  tick(now: Milliseconds, quiet: boolean): string | undefined {
    if (this.#givenUp !== undefined) return this.#givenUp;
    const step = this.#recovery.takeReopen(now, quiet);
    if (step === undefined) return undefined;
    if (step === "rotate") this.#leave(now);
    this.#openedAt = now;
    this.#outbox.push({ type: "closeModel" });
    this.open();
    return undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#recovery.wakeAt;
  }

  #leave(now: Milliseconds): void {
    this.#ready = false;
    this.#unanswered = this.#owedByLost() ?? this.#unanswered;
    this.#voice.modelLost(now);
    this.#tools.modelLost();
    this.#turns.disconnected();
  }

  #owedByLost(): ResponseRequest | undefined {
    const { current, responseId } = this.#turns;
    if (current === undefined) {
      return this.#turns.answerDue ? { purpose: "reply" } : undefined;
    }
    switch (responseId === undefined ? "nothing" : this.#voice.progressOf(responseId)) {
      case "nothing":
        return current;
      case "some":
        if (current.purpose === "greeting" && this.#greeting !== undefined) {
          return prompts.restOfGreeting(this.#greeting);
        }
        this.#brokenOff = current.purpose !== "goodbye";
        return this.#brokenOff ? { purpose: "reply" } : undefined;
      case "silenced":
        return undefined;
    }
  }
}
