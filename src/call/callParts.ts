import type { AgentVoice } from "./agentVoice.ts";
import type { Latency } from "./latency.ts";
import type { Outbox } from "./outbox.ts";
import type { Transcript } from "./transcript.ts";
import type { Turns } from "./turns.ts";
import type { CallPolicy } from "./types.ts";

/** What the deciding parts of one call share. */
export interface CallParts {
  readonly outbox: Outbox;
  readonly transcript: Transcript;
  readonly latency: Latency;
  readonly turns: Turns;
  readonly voice: AgentVoice;
  readonly policy: CallPolicy;
}
