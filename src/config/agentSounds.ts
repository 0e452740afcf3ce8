import { createResampler } from "../utils/audio/resampler.ts";
import { readSound, type Sound } from "../utils/audio/wav.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { AgentFrontMatter } from "./agentSchema.ts";
import { hasVariables } from "./template.ts";

/** Recorded sentences of an agent, by what they are for. */
export type AgentSounds = Readonly<Partial<Record<keyof AgentFrontMatter["audio"], Sound>>>;

/** Half a minute of stereo at 48 kHz and 16 bits takes 6 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_SECONDS = 60;
const MIN_SECONDS = 0.1;

/** Reads the WAV files of an agent, each once; its problems are sentences for the operator. */
export async function readAgentSounds(
  { audio, greeting, bridge }: Pick<AgentFrontMatter, "audio" | "greeting" | "bridge">,
  readBytes: (file: string, maxBytes: number) => Promise<Uint8Array>,
): Promise<{ readonly sounds: AgentSounds; readonly problems: readonly AgentProblem[] }> {
  const problems: AgentProblem[] = [];
  const sounds: Record<string, Sound> = {};
  const read = new Map<string, Promise<Sound>>();
  if (audio.greeting !== undefined && (greeting === undefined || hasVariables(greeting))) {
    problems.push({
      path: "audio.greeting",
      message: "needs a greeting with the same words, without variables",
    });
  }
  if (audio.bridge !== undefined && bridge === "off") {
    problems.push({ path: "audio.bridge", message: "is of no use, as bridge is off" });
  }
  for (const [name, file] of Object.entries(audio)) {
    if (file === undefined) continue;
    try {
      const sound = await (read.get(file) ?? readOnce(file));
      sounds[name] = sound;
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown";
      problems.push({ path: `audio.${name}`, message: `${file} cannot be used: ${reason}` });
    }
  }
  return { sounds, problems };

  function readOnce(file: string): Promise<Sound> {
    const reading = soundOf(file);
    read.set(file, reading);
    return reading;
  }

  async function soundOf(file: string): Promise<Sound> {
    const sound = readSound(await readBytes(file, MAX_BYTES));
    // Some rates have no short ratio to those of calls.
    for (const hz of [8000, 24_000]) createResampler(sound.hz, hz);
    const seconds = sound.samples.length / sound.hz;
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new RangeError(`it lasts ${seconds.toFixed(1)} s, and may last ${MAX_SECONDS} s`);
    }
    return sound;
  }
}
