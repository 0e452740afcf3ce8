import type { CallInput, ControlInput } from "../callInput.ts";
import type { ToolGate } from "../heard/toolGate.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { AgentHandoff } from "../handoff/agentHandoff.ts";
import type { ModelInput, ResponsePurpose, ResponseRequest, ToolCall } from "../realtimeClient.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { ToolEnded } from "../transcript/transcriptEntry.ts";
import { RemoteTools } from "./remoteTools.ts";
import { ToolAdmission } from "./toolAdmission.ts";
import { ToolCalls } from "./toolCalls.ts";
import type { ToolEffects, WantedTransfer } from "./toolEffects.ts";
import { ToolOutputs } from "./toolOutputs.ts";
import { ToolSpeech } from "./toolSpeech.ts";
import { UntoldResults } from "./untoldResults.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

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
  readonly remote: RemoteTools;
  readonly #call: MachineParts;
  readonly #gate: ToolGate;
  readonly #speech: ToolSpeech;
  readonly #untold: UntoldResults;
  readonly #admission: ToolAdmission;
  readonly #handoff: AgentHandoff;
  readonly #outputs: ToolOutputs;
  readonly #effects: ToolEffects;
  #agentSpoke = false;
  /** Responses to the outputs of tools since the caller gave a sign. */
  #rounds = 0;

  constructor(call: MachineParts, effects: ToolEffects, gate: ToolGate, handoff: AgentHandoff) {
    this.#call = call;
    this.#effects = effects;
    this.#gate = gate;
    this.#outputs = new ToolOutputs(call);
    this.#speech = new ToolSpeech(call);
    this.#untold = new UntoldResults(call);
    this.#handoff = handoff;
    this.remote = new RemoteTools(call, this.calls, {
      started: (responseId, called, now) => this.#started(responseId, called, now),
      returned: (result, now) => this.#returned(result, true, now),
    });
    this.#admission = new ToolAdmission(gate, this.remote, {
      run: (call, now) => this.#run(call, now),
      refuse: ({ callId }, { output, speaks }, now) => {
        const refused = { callId, output, ok: false };
        this.#returned(speaks ? refused : { ...refused, waits: true }, speaks, now);
      },
    });
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
        this.#outputs.refuse(call, refusal);
        continue;
      }
      this.#started(responseId, call, now);
      started.push(call);
    }
    if (started.length > 0) this.remote.tells(responseId);
    // One that is refused has answered: all others of this response are known to run by then.
    for (const call of started) this.#admission.ask(call, now);
  }

  #started(responseId: string, call: ToolCall, now: Milliseconds): void {
    this.calls.started(responseId, call, now);
    this.#call.transcript.toolCalled(call);
    const { callId: toolCallId, name, arguments: args } = call;
    this.#call.commands.publish({ type: "toolStarted", toolCallId, name, arguments: args });
  }

  /** Whether a response that is done has called a tool, or is to. */
  hasCalled(responseId: string): boolean {
    return this.calls.hasAnnounced(responseId) || this.remote.isPlannedIn(responseId);
  }

  #run(call: ToolCall, now: Milliseconds): void {
    const { callId } = call;
    const { say, isAsync } = this.#gate.policyOf(call.name) ?? {};
    const responseId = this.calls.responseOf(callId);
    if (say !== undefined && responseId !== undefined) {
      this.#speech.started(say, responseId, now);
    }
    if (call.by === "model") return this.remote.letRun(call, now);
    this.#call.commands.push({ type: "runTool", call });
    if (isAsync !== true) return;
    const sent = this.calls.sentOff(callId);
    this.#outputs.deliver(call, prompts.STARTED, { hasRun: true });
    if (sent?.last === true && !this.#applyEffect(now) && sent.speaks) this.#askForResult(now);
  }

  /** A tool that ran beside the conversation has returned: that is news, which the caller has to hear. */
  #cameBack(
    { call, startedAt }: { readonly call: ToolCall; readonly startedAt: Milliseconds },
    { output, ok, effect }: Omit<ToolReturned, "type">,
    now: Milliseconds,
  ): void {
    this.#ended(call, output, { ok, durationMs: Math.round(now - startedAt) });
    tellForGood(this.#call, prompts.system(prompts.toolNews(call.name, output)));
    this.#effects.note(effect, now);
    if (this.#applyEffect(now)) return;
    this.#untold.returned(call.callId, call.name, output);
    this.#call.turns.ask({ purpose: "tool_result" }, now);
  }

  #ended(call: ToolCall, output: string, ended: ToolEnded): void {
    const { callId: toolCallId, name } = call;
    this.#call.transcript.toolReturned(toolCallId, output, ended);
    this.#call.commands.publish({ type: "toolEnded", toolCallId, name, output, ...ended });
  }

  /** When a tool's own words were asked for last. */
  get saidAt(): Milliseconds | undefined {
    return this.#speech.saidAt;
  }

  /** A response has begun in which the model can tell what has returned. */
  responseStarted(responseId: string, purpose: ResponsePurpose): void {
    this.#untold.responseStarted(responseId, purpose);
  }

  /**
   * `closing`: the call is about to end, and nobody is asked anything any more. `quiet`: nobody speaks, and
   * nothing is asked of the model.
   */
  tick(now: Milliseconds, closing: boolean, quiet: boolean): void {
    this.#gate.tick(now, closing);
    this.#untold.tick(now, quiet);
    this.#admission.tick(now);
    this.remote.tick(now);
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.remote.wakeAt, this.#admission.wakeAt);
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#gate.follow(input, now);
    this.#untold.follow(input);
  }

  /** Sends the output to the model, and ends or transfers the call where a tool has asked for that. */
  returned(input: ToolReturned, now: Milliseconds): void {
    const refusal = this.#effects.refusalOf(input.effect, this.#gate.hasCallerSpoken);
    const { callId } = input;
    const result = refusal === undefined ? input : { callId, output: refusal, ok: false };
    const news = this.calls.cameBack(callId);
    if (news !== undefined) return this.#cameBack(news, result, now);
    const keepsSilent = refusal === undefined && this.#effects.keepsSilent(input.effect);
    this.#returned(result, !keepsSilent, now);
  }

  #returned(
    input: Omit<ToolReturned, "type"> & Pick<ToolEnded, "waits">,
    speaks: boolean,
    now: Milliseconds,
  ): void {
    const { callId, effect } = input;
    const returned = this.calls.returned(callId, speaks);
    if (returned === undefined) return;
    const refusal = effect?.type === "handoff" ? this.#handoff.ask(effect) : undefined;
    const { output, ok } = refusal === undefined ? input : { output: refusal, ok: false };
    const { call, startedAt, last } = returned;
    const ended = {
      ok,
      durationMs: Math.round(now - startedAt),
      ...present({ waits: input.waits }),
    };
    this.#ended(call, output, ended);
    this.#outputs.deliver(call, output, { hasRun: this.remote.ended(callId) });
    if (speaks) this.#untold.returned(callId, call.name);
    this.#effects.note(effect, now);
    if (last && !this.#applyEffect(now) && returned.speaks) this.#askForResult(now);
  }

  /** Whether any tool was called since the caller gave a sign. */
  get used(): boolean {
    return this.#rounds > 0 || this.calls.running > 0;
  }

  /** Transfers the call after a sentence about it; false for an alias that the operator has not defined. */
  transfer(wanted: WantedTransfer, now: Milliseconds): boolean {
    return this.#effects.transfer(wanted, this.#agentSpoke, now);
  }

  /** The model has confirmed an output; replies that begin from now on know it. */
  outputConfirmed(callId: string): void {
    this.#outputs.confirmed(callId);
  }

  replyStarted(): void {
    if (this.#outputs.areConfirmed) this.#call.turns.withdraw("tool_result");
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
    this.#untold.modelLost();
    this.calls.forgetAnnounced();
    this.#admission.modelLost();
    this.#outputs.modelLost(this.calls.runningIds);
  }

  /** A fresh connection, whose history holds all that has returned so far. */
  modelOpened(now: Milliseconds): void {
    this.remote.modelOpened(now);
    this.#outputs.modelOpened();
  }

  #askForResult(now: Milliseconds): void {
    if (this.exhausted) return;
    this.#rounds++;
    const request: ResponseRequest = this.exhausted
      ? { purpose: "tool_result", tools: "none" }
      : { purpose: "tool_result" };
    this.#call.turns.ask(request, now);
  }

  /** Whether the call is to end, or to be given to a person or to another agent. */
  #applyEffect(now: Milliseconds): boolean {
    this.#effects.press(now);
    const effect = this.#effects.take();
    if (effect?.type === "transfer" && this.transfer({ ...effect, by: "agent" }, now)) {
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
    this.#effects.hangUp(this.#agentSpoke, now);
    return true;
  }
}
