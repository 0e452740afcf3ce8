import assert from "node:assert/strict";
import { filesOnDisk } from "../../../src/config/agentFiles.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import { modelScript } from "../../../src/scenarios/run/model/modelScript.ts";
import { runScenario } from "../../../src/scenarios/run/runScenario.ts";
import { EngineWords } from "../../../src/scenarios/run/model/engineWords.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import { apiKey } from "../servers/phoneServer.ts";
import { startPhoneRig } from "../servers/phoneRig.ts";

/** A call that a server has had: its journal, its record in a database, and the agent that had it. */
export interface CallOnDisk extends AsyncDisposable {
  readonly callId: string;
  readonly journals: string;
  /** The settings of a server with the same agent and database. */
  readonly environment: Readonly<Record<string, string>>;
  writeAgent(frontMatter: string): Promise<void>;
}

/** Acts a scenario out against a whole server that keeps journals with texts, and closes the server. */
export async function recordCall(
  { scenario: text, agent, env = {} }: {
    readonly scenario: string;
    /** Front matter of the only agent, `front`. */
    readonly agent: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<CallOnDisk> {
  await using opening = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "recorded-" });
  opening.defer(() => Deno.remove(folder, { recursive: true }));
  const [agents, journals] = [`${folder}/agents`, `${folder}/journals`];
  await Deno.mkdir(agents);
  const writeAgent = (frontMatter: string) =>
    Deno.writeTextFile(`${agents}/front.md`, `---\n${frontMatter}\n---\nBe kind.\n`);
  await writeAgent(agent);
  const environment = {
    ...{ AGENTS_DIR: agents, DEFAULT_AGENT: "front" },
    DATABASE_URL: `sqlite:${folder}/calls.db`,
  };
  const readAudio = () => new Uint8Array();
  const read = readScenario("recorded", text, readAudio);
  assert.ok(read.ok, Deno.inspect(read));
  const { scenario } = read;
  const voice = createFliteVoice({ voice: "rms" });
  try {
    await using rig = await startPhoneRig({
      env: { ...environment, JOURNAL_DIR: journals, JOURNAL_TEXTS: "true", ...env },
      model: { speed: 1, voice: "flite", script: modelScript(scenario.model) },
      overrides: { agentFiles: filesOnDisk },
      network: {
        numbers: scenario.numbers,
        voice,
        ...(scenario.called !== undefined && { otherNumbers: scenario.called }),
      },
    });
    const told = new EngineWords();
    const follow = async (): Promise<void> => {
      for (;;) told.follow(await rig.realtime.nextSession());
    };
    follow().catch(() => {});
    const { calls: [call] } = await runScenario(scenario, {
      network: rig.server.network,
      origin: rig.server.origin,
      tellWords: (callId, words) => told.tell(callId, words),
      request(path, init = {}) {
        const headers = new Headers(init.headers);
        headers.set("Authorization", `Bearer ${apiKey}`);
        return rig.server.request(path, { ...init, headers });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }, { voices: { rms: voice }, readAudio });
    const { record } = call?.evidence ?? {};
    assert.ok(record !== undefined, "the call has a record");
    const opened = opening.move();
    return {
      ...{ callId: record.id, journals, environment, writeAgent },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  } finally {
    voice.close();
  }
}
