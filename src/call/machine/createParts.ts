import { AgentSpeech } from "../playback/agentSpeech.ts";
import { Compaction } from "../model/compaction.ts";
import { CommandBuffer } from "./commandBuffer.ts";
import { LateFrames } from "./lateFrames.ts";
import { Latency } from "../turns/latency.ts";
import { PhoneMenu } from "../menu/phoneMenu.ts";
import type { MachineParts } from "./machineParts.ts";
import { PolicyInForce } from "./policyInForce.ts";
import { Transcript } from "../transcript/transcript.ts";
import { Turns } from "../turns/turns.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";

/** Creates what the deciding parts of a call share; the times of its turns count from `startedAt`. */
export function createParts(first: CallPolicy, startedAt: Milliseconds): MachineParts {
  const inForce = new PolicyInForce(first);
  const lateFrames = new LateFrames();
  const commands = new CommandBuffer();
  const transcript = new Transcript(commands, startedAt);
  const latency = new Latency(commands);
  const turns = new Turns(commands, inForce);
  const speech = new AgentSpeech(commands, transcript, latency);
  const compaction = new Compaction({ inForce, commands, transcript }, startedAt);
  const menu = new PhoneMenu(
    { inForce, lateFrames, commands, transcript, turns, speech },
    startedAt,
  );
  return {
    get policy() {
      return inForce.policy;
    },
    inForce,
    lateFrames,
    commands,
    transcript,
    latency,
    turns,
    speech,
    compaction,
    menu,
  };
}
