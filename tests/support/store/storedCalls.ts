import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import {
  type CallEnding,
  type NewCall,
  noUsage,
} from "../../../src/services/store/calls/callRecord.ts";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";

/** A call as a test needs it; what does not matter is filled in. */
export function newCall(call: Partial<NewCall> & { readonly id: string }): NewCall {
  return {
    direction: "inbound",
    agent: "receptionist",
    status: "live",
    startedAt: 1_000,
    instanceId: "instance_a",
    ...call,
  };
}

export function opened(call: Partial<NewCall> & { readonly id: string }): CallWrite {
  return { type: "opened", callId: call.id, call: newCall(call) };
}

export function ended(callId: string, ending: Partial<CallEnding> = {}): CallWrite {
  return {
    type: "ended",
    callId,
    ending: {
      end: { reason: "caller_hung_up" },
      endedAt: 61_000,
      durationMs: 60_000,
      usage: noUsage,
      cost: { usd: 0, parts: { text: 0, audio: 0, transcription: 0, telephony: 0 } },
      latenciesMs: [],
      ...ending,
    },
  };
}

export function turn(turn: Partial<TranscriptTurn> & { readonly id: string }): TranscriptTurn {
  return {
    role: "caller",
    position: 1,
    text: "Hello",
    final: true,
    interrupted: false,
    by: "voice",
    startedMs: 0,
    ...turn,
  };
}

export function said(
  callId: string,
  line: Partial<TranscriptTurn> & { readonly id: string },
): CallWrite {
  return { type: "turn", callId, turn: turn(line) };
}
