import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import { modelScript } from "../../../src/scenarios/run/model/modelScript.ts";
import { type CallRun, runScenario } from "../../../src/scenarios/run/runScenario.ts";
import type { ScenarioServer } from "../../../src/scenarios/run/scenarioServer.ts";
import type { Scenario } from "../../../src/scenarios/scenario.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import type { Voice } from "../../../src/sim/voice/voice.ts";
import { isRecord } from "../../../src/utils/isRecord.ts";
import { startFor } from "./startFor.ts";
import { startLineRelay, type ToCaller } from "./lineRelay.ts";

/** What goes wrong in the path of a server; the server itself is the real one. */
export interface Regression {
  /** Between the server and the carrier. */
  readonly line?: () => ToCaller;
  /** In the model's answers. */
  readonly model?: (script: Script) => Script;
  /** In the record of a call, as the API gives it. */
  readonly record?: (call: Record<string, unknown>) => Record<string, unknown>;
  /** In the file of the agent: another takes the calls. */
  readonly agent?: string;
}

/** What scenarios are acted out with. */
export interface Stage {
  readonly agentsDir: string;
  readonly voices: Readonly<Record<string, Voice>>;
}

/** Reads the YAML of a scenario; throws where something is wrong with it. */
export function scenarioOf(name: string, text: string): Scenario {
  const read = readScenario(name, text, () => new Uint8Array());
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join("\n"));
  return read.scenario;
}

/** Acts a scenario out against a server of its own with a regression in its path, or with none. */
export async function actWith(
  scenario: Scenario,
  {
    line = () => (message, pass) => pass(message),
    model = (script) => script,
    record = (call) => call,
    agent = "desk",
  }: Regression,
  { agentsDir, voices }: Stage,
): Promise<CallRun> {
  await using server = await startFor(scenario, {
    environment: { AGENTS_DIR: agentsDir },
    agent,
    script: model(modelScript(scenario.model)),
    voices,
  });
  await using relay = startLineRelay(server.origin, line);
  server.network.connectTo(relay.origin);
  const options = { voices, readAudio: () => new Uint8Array() };
  const { calls } = await runScenario(scenario, withRecord(server, record), options);
  const [call] = calls;
  if (call === undefined) throw new Error("Cannot look at a call: there was none");
  return call;
}

/** The expectations that failed, and what was found, in the words of the reports. */
export function failuresOf({ verdicts }: CallRun): readonly string[] {
  return verdicts.filter(({ state }) => state === "failed")
    .map(({ expected, found }) => `${expected}: ${found}`);
}

function withRecord(server: ScenarioServer, change: NonNullable<Regression["record"]>) {
  return {
    ...server,
    async request(path: string, init?: RequestInit): Promise<Response> {
      const answer = await server.request(path, init);
      if (!/^\/api\/calls\/[^/?]+$/.test(path)) return answer;
      const call: unknown = await answer.json();
      return Response.json(isRecord(call) ? change(call) : call, { status: answer.status });
    },
  };
}
