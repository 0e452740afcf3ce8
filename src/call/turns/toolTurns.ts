import type { CallEffect, CallInput, ControlInput } from "../callInput.ts";
import { NO_CALLER_YET } from "../heard/gateNotes.ts";
import type { ToolGate } from "../heard/toolGate.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { Closing } from "../ending/closing.ts";
import type { AgentHandoff } from "../handoff/agentHandoff.ts";
import type { ModelInput, ResponseRequest, ToolCall } from "../realtimeClient.ts";
import * as prompts from "../model/prompts.ts";
import { ToolCalls } from "./toolCalls.ts";
import type { Milliseconds } from "../types.ts";

type ResponseDone = Pick<
  Extract<ModelInput, { type: "responseDone" }>,
  "responseId" | "status" | "toolCalls"
>;
type ToolReturned = Extract<ControlInput, { type: "toolReturned" }>;

/** A caller's words come about a second after their turn. */
const WORDS_MS = 4000;
/** Limit of tool rounds without a sign of the caller; then the model has to speak. */
const MAX_ROUNDS = 8;

/** Runs tools, delivers their outputs, applies their effects to the call. */
export class ToolTurns {
  readonly calls = new ToolCalls();
  readonly #call: MachineParts;
  readonly #closing: Closing;
  readonly #gate: ToolGate;
  /** Tools that run, or not, when the caller's words are known. */
  #waiting: readonly { readonly call: ToolCall; readonly wordsBy: Milliseconds }[] = [];
  readonly #handoff: AgentHandoff;
  /** Outputs that the model has not confirmed; a reply begun before that may not know them. */
  readonly #unconfirmed = new Set<string>();
  /** Running tools that were called over a connection that is gone. */
  readonly #orphans = new Set<string>();
  #effect: Extract<CallEffect, { type: "endCall" | "transfer" }> | undefined;
  #agentSpoke = false;
  #reachable = true;
  /** Responses to the outputs of tools since the caller gave a sign. */
  #rounds = 0;

  constructor(call: MachineParts, closing: Closing, gate: ToolGate, handoff: AgentHandoff) {
    this.#call = call;
    this.#closing = closing;
    this.#gate = gate;
    this.#handoff = handoff;
  }

  /** Whether the model may call no more tools until the caller gives a sign. */
  get exhausted(): boolean {
    return this.#rounds >= MAX_ROUNDS;
  }

  responseDone({ responseId, status, toolCalls }: ResponseDone, now: Milliseconds): void {
    const refusal = status !== "completed"
      ? prompts.NOT_CARRIED_OUT
      : this.exhausted
      ? prompts.WAIT_FOR_CALLER
      : undefined;
    const started: ToolCall[] = [];
    for (const call of this.calls.called(responseId, toolCalls)) {
      if (refusal !== undefined) {
        this.#call.commands.request({ type: "toolOutput", callId: call.callId, output: refusal });
        continue;
      }
      this.calls.started(responseId, call, now);
      this.#call.transcript.toolCalled(call);
      const { callId: toolCallId, name, arguments: args } = call;
      this.#call.commands.publish({ type: "toolStarted", toolCallId, name, arguments: args });
      started.push(call);
    }
    // One that is refused has answered: all others of this response are known to run by then.
    for (const call of started) this.#admit(call, now + WORDS_MS, now);
  }

  /** Lets a tool run, refuses it, or decides that when the caller's words have come. */
  #admit(call: ToolCall, wordsBy: Milliseconds, now: Milliseconds): void {
    const admission = this.#gate.admit(call, now >= wordsBy, now);
    switch (admission.kind) {
      case "run":
        return this.#call.commands.push({ type: "runTool", call });
      case "wait":
        this.#waiting = [...this.#waiting, { call, wordsBy }];
        return;
      case "refuse": {
        const { output, speaks } = admission;
        return this.#returned({ callId: call.callId, output, ok: false }, speaks, now);
      }
    }
  }

  /** `closing`: the call is about to end, and nobody is asked anything any more. */
  tick(now: Milliseconds, closing: boolean): void {
    this.#gate.tick(now, closing);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { call, wordsBy } of waiting) this.#admit(call, wordsBy, now);
  }

  /** When words of the caller's are waited for no longer. */
  get wakeAt(): Milliseconds | undefined {
    return earliest(...this.#waiting.map(({ wordsBy }) => wordsBy));
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#gate.follow(input, now);
  }

  /** Sends the output to the model, and ends or transfers the call where a tool has asked for that. */
  returned(input: ToolReturned, now: Milliseconds): void {
    // What the model has read somewhere is no reason to hand the caller on.
    const isAsked = input.effect?.type !== "transfer" || this.#gate.hasCallerSpoken;
    const { callId } = input;
    this.#returned(isAsked ? input : { callId, output: NO_CALLER_YET, ok: false }, true, now);
  }

  #returned(
    input: Omit<ToolReturned, "type">,
    speaks: boolean,
    now: Milliseconds,
  ): void {
    const { callId, effect } = input;
    const returned = this.calls.returned(callId, speaks);
    if (returned === undefined) return;
    const refusal = effect?.type === "handoff" ? this.#handoff.ask(effect) : undefined;
    const { output, ok } = refusal === undefined ? input : { output: refusal, ok: false };
    const { call, startedAt, last } = returned;
    const ended = { ok, durationMs: Math.round(now - startedAt) };
    this.#call.transcript.toolReturned(callId, output, ended);
    this.#call.commands.publish({
      type: "toolEnded",
      toolCallId: callId,
      name: call.name,
      output,
      ...ended,
    });
    this.#deliver(call, output);
    this.#note(effect);
    if (last && !this.#applyEffect(now) && returned.speaks) this.#askForResult(now);
  }

  /** Whether any tool was called since the caller gave a sign. */
  get used(): boolean {
    return this.#rounds > 0 || this.calls.running > 0;
  }

  /** Transfers the call after a sentence about it; false for an alias that the operator has not defined. */
  transfer(alias: string, now: Milliseconds): boolean {
    const { transfers } = this.#call.policy;
    if (!Object.hasOwn(transfers, alias)) return false;
    const sentence = transfers[alias]?.sentence;
    const say = sentence === undefined && this.#agentSpoke
      ? undefined
      : prompts.transferSentence(sentence);
    const end = { reason: "transferred", detail: alias } as const;
    this.#closing.begin({ end, say, revocable: false }, now);
    return true;
  }

  /** The model has confirmed an output; replies that begin from now on know it. */
  outputConfirmed(callId: string): void {
    this.#unconfirmed.delete(callId);
  }

  replyStarted(): void {
    if (this.#unconfirmed.size === 0) this.#call.turns.withdraw("tool_result");
  }

  /** Whether the agent has said anything since the caller did: a goodbye, most likely. */
  agentSpoke(): void {
    this.#agentSpoke = true;
  }

  callerSpoke(): void {
    this.#agentSpoke = false;
    this.#rounds = 0;
  }

  /** The model's connection is gone: the next one knows nothing of what is running now. */
  modelLost(): void {
    this.#reachable = false;
    this.calls.forgetAnnounced();
    this.#unconfirmed.clear();
    for (const callId of this.calls.runningIds) this.#orphans.add(callId);
  }

  /** A fresh connection, whose history holds all that has returned so far. */
  modelOpened(): void {
    this.#reachable = true;
  }

  #askForResult(now: Milliseconds): void {
    if (this.exhausted) return;
    this.#rounds++;
    const request: ResponseRequest = this.exhausted
      ? { purpose: "tool_result", tools: "none" }
      : { purpose: "tool_result" };
    this.#call.turns.ask(request, now);
  }

  #deliver(call: ToolCall, output: string): void {
    const { callId, name } = call;
    if (this.#orphans.delete(callId)) {
      if (!this.#reachable) return;
      const text = `The tool ${name} has returned: ${output}`;
      return this.#call.commands.request({ type: "message", role: "system", text });
    }
    this.#unconfirmed.add(callId);
    this.#call.commands.request({ type: "toolOutput", callId, output });
  }

  #note(effect: CallEffect | undefined): void {
    switch (effect?.type) {
      case "sendDigits":
        this.#call.commands.push({ type: "sendDigits", digits: effect.digits });
        return;
      case "transfer":
        this.#effect = effect;
        return;
      case "endCall":
        this.#effect ??= effect;
    }
  }

  /** Whether the call is to end, or to be given to a person or to another agent. */
  #applyEffect(now: Milliseconds): boolean {
    const effect = this.#effect;
    this.#effect = undefined;
    if (effect?.type === "transfer" && this.transfer(effect.alias, now)) {
      this.#handoff.drop();
      return true;
    }
    if (this.#handoff.isAsked) {
      // A round: agents that pass a silent caller to and fro come to an end.
      this.#rounds++;
      const mayUseTools = !this.exhausted;
      this.#handoff.begin({ agentSpoke: this.#agentSpoke, mayUseTools }, now);
      return true;
    }
    if (effect?.type !== "endCall") return false;
    const end = { reason: "agent_hung_up" } as const;
    const say = this.#agentSpoke ? undefined : prompts.goodbye(end);
    this.#closing.begin({ end, say, revocable: true }, now);
    return true;
  }
}
