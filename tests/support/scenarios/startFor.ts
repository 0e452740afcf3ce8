import {
  type RehearsedServerOptions,
  startRehearsedServer,
} from "../../../src/cli/rehearse/server/rehearsedServer.ts";
import { calledNumber } from "../../../src/scenarios/run/calledNumber.ts";
import { mentionedTools } from "../../../src/scenarios/mentionedTools.ts";
import { modelScript } from "../../../src/scenarios/run/model/modelScript.ts";
import type { ScenarioServer } from "../../../src/scenarios/run/scenarioServer.ts";
import type { Scenario } from "../../../src/scenarios/scenario.ts";
import { present } from "../../../src/utils/present.ts";

/** Starts the server of a scenario with the built-in engine, as the command does; `own` says what is otherwise. */
export function startFor(
  scenario: Scenario,
  own: Pick<RehearsedServerOptions, "environment" | "voices"> & Partial<RehearsedServerOptions>,
): Promise<ScenarioServer> {
  return startRehearsedServer({
    isReal: false,
    ...present({ agent: scenario.agent, called: scenario.called, at: scenario.at }),
    ...present({ callee: calledNumber(scenario) }),
    numbers: scenario.numbers,
    script: modelScript(scenario.model),
    faults: scenario.faults,
    tools: scenario.tools,
    mentioned: mentionedTools(scenario),
    maxMs: scenario.maxMs,
    seed: 1,
    log: () => {},
    ...own,
  });
}
