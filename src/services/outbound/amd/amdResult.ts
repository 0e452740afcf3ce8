import type { CallSession } from "../../../call/sessionApi.ts";
import type { AnsweredBy, CallOutcome } from "../../store.ts";

type Input = Parameters<CallSession["input"]>[0];

/** What Twilio's answering machine detection says about a call, and what follows from it. */
export interface AmdResult {
  readonly answeredBy: AnsweredBy;
  /** The carrier's own word; absent where the result is not the carrier's. */
  readonly word?: string;
  /** The call's outcome; absent where that is not known yet. */
  readonly outcome?: CallOutcome;
  /** The input for its session. */
  readonly input?: Input | undefined;
  /** The message to leave; spoken by Twilio where no process has the session. */
  readonly voicemail?: string;
}

/** How a call ends that a fax has answered. */
export const FAX_END = { reason: "agent_hung_up", detail: "fax" } as const;

/** Undefined for a word that is not one of Twilio's. `voicemail` is what to leave on a machine, if anything. */
export function readAmdResult(
  answeredBy: string,
  voicemail: string | undefined,
): AmdResult | undefined {
  const result = resultOf(answeredBy, voicemail);
  return result && { ...result, word: answeredBy };
}

function resultOf(answeredBy: string, voicemail: string | undefined): AmdResult | undefined {
  if (answeredBy === "human") return { answeredBy: "human", outcome: "human" };
  if (answeredBy === "unknown") return { answeredBy: "unknown" };
  if (answeredBy === "fax") {
    return { answeredBy: "fax", outcome: "failed", input: { type: "hangUp", end: FAX_END } };
  }
  if (!/^machine_(start|end_beep|end_silence|end_other)$/.test(answeredBy)) return undefined;
  // The greeting is still playing: another callback follows at its end.
  if (answeredBy === "machine_start" && voicemail !== undefined) return { answeredBy: "machine" };
  return machineResult(voicemail);
}

/** A machine is heard out: `voicemail` is left on it, or it is hung up on. */
export function machineResult(voicemail: string | undefined): AmdResult {
  const end = { reason: "voicemail" } as const;
  if (voicemail === undefined) {
    return {
      answeredBy: "machine",
      outcome: "machine",
      input: { type: "machineAnswered", end },
    };
  }
  return {
    answeredBy: "machine",
    input: { type: "machineAnswered", end, message: voicemail },
    voicemail,
  };
}
