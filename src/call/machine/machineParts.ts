import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { Compaction } from "../model/compaction.ts";
import type { CommandBuffer } from "./commandBuffer.ts";
import type { LateFrames } from "./lateFrames.ts";
import type { PhoneMenu } from "../menu/phoneMenu.ts";
import type { PolicyInForce } from "./policyInForce.ts";
import type { Latency } from "../turns/latency.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Turns } from "../turns/turns.ts";
import type { CallPolicy } from "../types.ts";

/** What the deciding parts of one call share. */
export interface MachineParts {
  /** As it is now: to be read anew each time. */
  readonly policy: CallPolicy;
  readonly inForce: PolicyInForce;
  readonly lateFrames: LateFrames;
  readonly commands: CommandBuffer;
  readonly transcript: Transcript;
  readonly latency: Latency;
  readonly turns: Turns;
  readonly speech: AgentSpeech;
  readonly compaction: Compaction;
  readonly menu: PhoneMenu;
}
