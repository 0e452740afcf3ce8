import type { CallPolicy } from "../../../src/call/types.ts";

/** The policy of a plain phone call, with what a test wants otherwise. */
export function policy(changes: Partial<CallPolicy> = {}): CallPolicy {
  return {
    direction: "inbound",
    agent: "receptionist",
    modelResponds: true,
    modelInterrupts: true,
    interruptAfterMs: 0,
    pausesOnSpeech: false,
    commitsBySilence: false,
    modelListens: true,
    greetingProtected: false,
    usesTools: false,
    fillerAfterMs: 0,
    idleMs: 30_000,
    maxMs: 3_600_000,
    timeWarningMs: 30_000,
    digitTimeoutMs: 2000,
    digitsSensitive: false,
    transfers: {},
    ...changes,
  };
}
