import type { CallSession } from "../../../call/sessionApi.ts";
import type { AnsweredBy, CallOutcome } from "../../store.ts";

type Input = Parameters<CallSession["input"]>[0];

/** What the phone network's guess at who took a call means for it. */
export interface AmdResult {
  readonly answeredBy: AnsweredBy;
  /** What became of the call; absent where that is not known yet. */
  readonly outcome?: CallOutcome;
  /** What its session is told. */
  readonly input?: Input | undefined;
  /** What is left behind where the session is not here to say it. */
  readonly voicemail?: string;
}

/** Reads a verdict; nothing for a word that is none. `voicemail` is what to leave on a machine, if anything. */
export function readAmdResult(
  who: string,
  voicemail: string | undefined,
): AmdResult | undefined {
  if (who === "human") return { answeredBy: "human", outcome: "human" };
  if (who === "unknown") return { answeredBy: "unknown" };
  if (who === "fax") {
    const end = { reason: "voicemail", detail: "fax" } as const;
    return { answeredBy: "fax", outcome: "failed", input: { type: "hangUp", end } };
  }
  if (!/^machine_(start|end_beep|end_silence|end_other)$/.test(who)) return undefined;
  // It is still talking: the word that it has finished will follow.
  if (who === "machine_start" && voicemail !== undefined) return { answeredBy: "machine" };
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
