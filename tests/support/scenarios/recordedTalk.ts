import { filesOnDisk } from "../../../src/config/agentFiles.ts";
import type { ModelRule } from "../../../src/scenarios/scenario.ts";
import { modelScript } from "../../../src/scenarios/run/modelScript.ts";
import { type Clip, utteranceClip } from "../../../src/scenarios/run/clips.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import { askFor, detailOf } from "../recordedCalls.ts";
import { heardSaying, type PhoneRig, startPhoneRig, type Talk } from "../servers/phoneRig.ts";
import { until } from "../until.ts";

/** A folder with an agent, and a server whose calls leave journals with texts in it. */
export interface RecordingServer extends AsyncDisposable {
  readonly rig: PhoneRig;
  readonly agents: string;
  readonly journals: string;
  /** The settings of a rehearsal with the same agents. */
  readonly environment: Readonly<Record<string, string>>;
  writeAgent(frontMatter: string): Promise<void>;
  /** Says words with a voice, so that they are known as they are said. */
  say(talk: Talk, words: string): Promise<void>;
  heard(talk: Talk, text: RegExp): Promise<void>;
  ended(talk: Talk): Promise<void>;
  /** The file of a call's journal, written out. */
  journalOf(talk: Talk): Promise<string>;
}

export async function startRecordingServer(
  { agent, rules, env = {} }: {
    readonly agent: string;
    readonly rules: readonly ModelRule[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<RecordingServer> {
  await using opening = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "recorded-" });
  opening.defer(() => Deno.remove(folder, { recursive: true }));
  const agents = `${folder}/agents`;
  const journals = `${folder}/journals`;
  await Deno.mkdir(agents);
  const writeAgent = (frontMatter: string) =>
    Deno.writeTextFile(`${agents}/front.md`, `---\n${frontMatter}\n---\nBe kind.\n`);
  await writeAgent(agent);
  const environment = { AGENTS_DIR: agents, DEFAULT_AGENT: "front" };
  const voice = createFliteVoice({ voice: "rms" });
  opening.defer(() => voice.close());
  const rig = opening.use(
    await startPhoneRig({
      env: { ...environment, JOURNAL_DIR: journals, JOURNAL_TEXTS: "true", ...env },
      model: { speed: 1, voice: "flite", script: modelScript(rules) },
      overrides: { agentFiles: filesOnDisk },
    }),
  );
  const sources = { voices: { rms: voice }, readAudio: () => new Uint8Array() };
  const opened = opening.move();
  return {
    ...{ rig, agents, journals, environment, writeAgent },
    async say({ phone, model }, words) {
      const clip: Clip = await utteranceClip({ words }, "rms", sources);
      model.tellWords(words);
      await phone.speak(clip.audio);
    },
    heard: ({ callId }, text) => heardSaying(rig, callId, text),
    async ended({ callId }) {
      await until(() => detailOf(rig.server, callId), ({ status }) => status === "ended");
    },
    async journalOf({ callId }) {
      // Whoever asks for it has it written first.
      const saved = await askFor(rig.server, `/api/calls/${callId}/journal`);
      await saved.body?.cancel();
      return `${journals}/${callId}.jsonl`;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
