import type { ControlInput, ToolEffect } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { Closing } from "../ending/closing.ts";
import type { ModelInput, ResponseRequest, ToolCall } from "../realtimeClient.ts";
import * as prompts from "../model/prompts.ts";
import { ToolCalls } from "./toolCalls.ts";
import type { Milliseconds } from "../types.ts";

type ResponseDone = Pick<
  Extract<ModelInput, { type: "responseDone" }>,
  "responseId" | "status" | "toolCalls"
>;
type ToolReturned = Extract<ControlInput, { type: "toolReturned" }>;

/** Limit of tool rounds without a sign of the caller; then the model has to speak. */
const MAX_ROUNDS = 8;

/** Runs tools, delivers their outputs, applies their effects to the call. */
export class ToolTurns {
  readonly calls = new ToolCalls();
  readonly #call: MachineParts;
  readonly #closing: Closing;
  /** Outputs that the model has not confirmed; a reply begun before that may not know them. */
  readonly #unconfirmed = new Set<string>();
  /** Running tools that were called over a connection that is gone. */
  readonly #orphans = new Set<string>();
  #effect: Exclude<ToolEffect, { type: "sendDigits" }> | undefined;
  #agentSpoke = false;
  #reachable = true;
  /** Responses to the outputs of tools since the caller gave a sign. */
  #rounds = 0;

  constructor(call: MachineParts, closing: Closing) {
    this.#call = call;
    this.#closing = closing;
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
    for (const call of this.calls.called(responseId, toolCalls)) {
      if (refusal !== undefined) {
        this.#call.commands.request({ type: "toolOutput", callId: call.callId, output: refusal });
        continue;
      }
      this.calls.started(responseId, call, now);
      this.#call.transcript.toolCalled(call);
      const { callId: toolCallId, name, arguments: args } = call;
      this.#call.commands.publish({ type: "toolStarted", toolCallId, name, arguments: args });
      this.#call.commands.push({ type: "runTool", call });
    }
  }

  /** Sends the output to the model, and ends or transfers the call where a tool has asked for that. */
  returned(input: ToolReturned, now: Milliseconds): void {
    const { callId, output, ok, effect } = input;
    const returned = this.calls.returned(callId);
    if (returned === undefined) return;
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
    if (last && !this.#applyEffect(now)) this.#askForResult(now);
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

  #note(effect: ToolEffect | undefined): void {
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

  /** Whether the call is to end, or to be transferred. */
  #applyEffect(now: Milliseconds): boolean {
    const effect = this.#effect;
    this.#effect = undefined;
    if (effect === undefined) return false;
    if (effect.type === "transfer") return this.transfer(effect.alias, now);
    const end = { reason: "agent_hung_up" } as const;
    const say = this.#agentSpoke ? undefined : prompts.goodbye(end);
    this.#closing.begin({ end, say, revocable: true }, now);
    return true;
  }
}
