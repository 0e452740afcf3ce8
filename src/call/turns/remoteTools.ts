import type { Admission } from "../heard/confirmations.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import { NOT_CARRIED_OUT, OUTCOME_UNKNOWN } from "../model/prompts.ts";
import type { ModelInput, ToolCall } from "../realtimeClient.ts";
import type { ToolPolicy } from "../toolPolicy.ts";
import type { Milliseconds } from "../types.ts";
import { RemoteRuns } from "./remoteRuns.ts";
import { repeatedRun } from "./repeatedRun.ts";
import type { ToolCalls } from "./toolCalls.ts";

export type RemoteToolInput = Extract<ModelInput, { type: `remoteTool${string}` }>;

interface RemoteToolsHost {
  started(responseId: string, call: ToolCall, now: Milliseconds): void;
  returned(
    result: { readonly callId: string; readonly output: string; readonly ok: boolean },
    now: Milliseconds,
  ): void;
}

/**
 * The tools that the model runs by itself, of which it is let run some and only tells of others. It knows
 * their results, but says nothing of them before it is asked to.
 */
export class RemoteTools {
  readonly #call: MachineParts;
  readonly #calls: ToolCalls;
  readonly #host: RemoteToolsHost;
  readonly #runs = new RemoteRuns();
  /** What was not let run before the connection was lost over which the model had asked for it. */
  #stranded: readonly string[] = [];

  constructor(call: MachineParts, calls: ToolCalls, host: RemoteToolsHost) {
    this.#call = call;
    this.#calls = calls;
    this.#host = host;
  }

  follow(input: RemoteToolInput, now: Milliseconds): void {
    switch (input.type) {
      case "remoteToolPlanned":
        return this.#runs.planned(input.responseId);
      case "remoteToolStarted": {
        const { call, responseId = this.#call.turns.responseId ?? call.callId } = input;
        this.#runs.planned(responseId);
        if (this.#calls.isNew(call.callId)) this.#host.started(responseId, call, now);
        // What has ended for us, because it took too long, does not begin again.
        if (this.#calls.responseOf(call.callId) === undefined) return;
        return this.#runs.started(call.callId, true, now);
      }
      case "remoteToolEnded": {
        const responseId = this.#calls.responseOf(input.callId);
        this.#host.returned(input, now);
        const isWithin = responseId !== undefined && responseId === this.#call.turns.responseId;
        return isWithin ? this.#runs.endedWithin(responseId) : undefined;
      }
    }
  }

  /** The answer to a tool that the model is to run once and has run, or may have. */
  repeated(call: ToolCall, policy: ToolPolicy | undefined): Admission | undefined {
    if (call.by !== "model" || policy?.once !== true) return undefined;
    const output = repeatedRun(
      call,
      this.#call.transcript.entries.values(),
      (callId) => this.#runs.hasRun(callId),
    );
    return output === undefined ? undefined : { kind: "refuse", output, speaks: true };
  }

  letRun({ callId }: ToolCall, now: Milliseconds): void {
    this.#runs.started(callId, false, now);
    this.#call.commands.request({ type: "toolLeave", callId });
  }

  /** Forgets a run; returns whether it was one. */
  ended(callId: string): boolean {
    return this.#runs.ended(callId);
  }

  /** Whether a response holds calls of such tools. */
  isPlannedIn(responseId: string): boolean {
    return this.#runs.hasPlanned(responseId);
  }

  /** A response speaks, or is done and waits for other tools: it tells, or they will, what ended within it. */
  tells(responseId: string): void {
    if (this.#runs.hasEndedWithin(responseId)) this.#call.turns.withdraw("tool_result");
  }

  tick(now: Milliseconds): void {
    const { overdue, nudge } = this.#runs.tick(now);
    for (const callId of overdue) this.#lost(callId, now);
    if (nudge) this.#call.turns.ask({ purpose: "tool_result" }, now);
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#runs.wakeAt;
  }

  /** Whether a call that waits goes with its connection: only the model that has asked could run it. */
  strands({ callId, by }: ToolCall): boolean {
    if (by === "model") this.#stranded = [...this.#stranded, callId];
    return by === "model";
  }

  /** What ran over the connection before is gone with it. */
  modelOpened(now: Milliseconds): void {
    const stranded = this.#stranded;
    this.#stranded = [];
    for (const callId of stranded) {
      this.#host.returned({ callId, output: NOT_CARRIED_OUT, ok: false }, now);
    }
    for (const callId of this.#runs.ids) this.#lost(callId, now);
  }

  #lost(callId: string, now: Milliseconds): void {
    this.#host.returned({ callId, output: OUTCOME_UNKNOWN, ok: false }, now);
  }
}
