import { mentionedTools } from "../../../scenarios/mentionedTools.ts";
import { calledNumber } from "../../../scenarios/run/calledNumber.ts";
import { modelScript } from "../../../scenarios/run/model/modelScript.ts";
import { NotRehearsed } from "../../../scenarios/run/notRehearsed.ts";
import { present } from "../../../utils/present.ts";
import { hasModelFaults } from "../hasModelFaults.ts";
import type { RehearseOptions } from "../rehearseOptions.ts";
import { createScenarioLog } from "./scenarioLog.ts";
import type { ScenarioServers, ServerSources } from "../serverSources.ts";
import { startRehearsedServer } from "./rehearsedServer.ts";
import { analysesUsd, withoutUnneeded } from "./rehearsedServices.ts";

/** A server in this process for each scenario, with the built-in engine or the model of the settings. */
export function ownServers(
  { isBuiltIn, maxUsd }: Pick<RehearseOptions, "isBuiltIn" | "maxUsd">,
  { environment, settings, voices, print }: ServerSources,
): ScenarioServers {
  const isReal = !isBuiltIn && settings.openai.apiKey !== undefined;
  return {
    engine: isReal ? settings.openai.model : "rehearsal",
    notes: [],
    maxAnalysesUsd: ({ expect }) => analysesUsd(environment, { expect, maxUsd }),
    async open(scenario, seed, spent) {
      if (isReal && hasModelFaults(scenario)) {
        throw new NotRehearsed("faults of the model need the built-in engine: --built-in");
      }
      // A scenario of a recorded call is held against an agent that may be another by now.
      const isWritten = scenario.file !== undefined;
      const unused = new Set(scenario.model);
      const note = (what: string) => print(`${scenario.name}: ${what}`);
      const server = await startRehearsedServer({
        environment: withoutUnneeded(environment, { isReal, expect: scenario.expect, maxUsd }),
        isReal,
        ...present({ agent: scenario.agent, called: scenario.called, at: scenario.at }),
        ...present({ callee: calledNumber(scenario) }),
        numbers: scenario.numbers,
        script: modelScript(scenario.model, (rule) => unused.delete(rule)),
        faults: scenario.faults,
        tools: scenario.tools,
        mentioned: isWritten ? mentionedTools(scenario) : [],
        maxMs: scenario.maxMs,
        seed,
        voices,
        log: createScenarioLog(scenario.name, print),
        note,
        spent,
      });
      return {
        ...server,
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          if (isReal || !isWritten) return;
          for (const [index, rule] of scenario.model.entries()) {
            if (unused.has(rule)) note(`rule ${index + 1} of model was never used`);
          }
        },
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
