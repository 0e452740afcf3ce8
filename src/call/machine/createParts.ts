import { AgentSpeech } from "../playback/agentSpeech.ts";
import { Compaction } from "../model/compaction.ts";
import { CommandBuffer } from "./commandBuffer.ts";
import { Latency } from "../turns/latency.ts";
import type { MachineParts } from "./machineParts.ts";
import { Transcript } from "../transcript/transcript.ts";
import { Turns } from "../turns/turns.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";

/** Creates what the deciding parts of a call share; the times of its turns count from `startedAt`. */
export function createParts(policy: CallPolicy, startedAt: Milliseconds): MachineParts {
  const commands = new CommandBuffer();
  const transcript = new Transcript(commands, startedAt);
  const latency = new Latency(commands);
  const turns = new Turns(commands, policy.modelResponds);
  const speech = new AgentSpeech(commands, transcript, latency);
  const compaction = new Compaction({ policy, commands, transcript }, startedAt);
  return { policy, commands, transcript, latency, turns, speech, compaction };
}
