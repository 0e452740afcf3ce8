import { calledNumber } from "../../scenarios/run/calledNumber.ts";
import { mentionedTools } from "../../scenarios/mentionedTools.ts";
import { modelScript } from "../../scenarios/run/model/modelScript.ts";
import { numberServers } from "./call/numberServers.ts";
import { NotRehearsed } from "../../scenarios/run/notRehearsed.ts";
import { hasModelFaults } from "./hasModelFaults.ts";
import { present } from "../../utils/present.ts";
import { readRegularFile } from "../../utils/regularFile.ts";
import { startRehearsedServer } from "./server/rehearsedServer.ts";
import { withoutUnneeded } from "./server/rehearsedServices.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";
import type { ScenarioServers, ServerSources } from "./serverSources.ts";
import { remoteKey } from "./against/remoteKey.ts";
import { reachServer } from "./against/remoteServer.ts";
import { createScenarioLog } from "./scenarioLog.ts";

const MAX_KEY_BYTES = 64 * 1024;

/** A number that is called, a server that runs elsewhere, or one for each scenario. Rejects with a `TypeError` where there can be none. */
export async function openServers(
  { against, keyFile, isBuiltIn, call, maxUsd }: Pick<
    RehearseOptions,
    "against" | "keyFile" | "isBuiltIn" | "call" | "maxUsd"
  >,
  sources: ServerSources,
): Promise<ScenarioServers> {
  if (call !== undefined) {
    return await numberServers({ to: call, confirm: sources.confirm }, sources);
  }
  return against === undefined
    ? ownServers({ isBuiltIn, maxUsd }, sources)
    : await remoteServers(against, keyFile, sources);
}

function ownServers(
  { isBuiltIn, maxUsd }: Pick<RehearseOptions, "isBuiltIn" | "maxUsd">,
  { environment, settings, voices, print }: ServerSources,
): ScenarioServers {
  const isReal = !isBuiltIn && settings.openai.apiKey !== undefined;
  return {
    engine: isReal ? settings.openai.model : "rehearsal",
    notes: [],
    async open(scenario, seed) {
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

async function remoteServers(
  origin: string,
  keyFile: string | undefined,
  { environment, voices, signal }: ServerSources,
): Promise<ScenarioServers> {
  const key = remoteKey(origin, {
    ...present({
      file: keyFile === undefined ? undefined : await readRegularFile(keyFile, MAX_KEY_BYTES),
      own: environment["PARLEY_KEY"],
      keys: environment["API_KEYS"],
      publicUrl: environment["PUBLIC_URL"],
    }),
  });
  const server = await reachServer({ origin, key, environment, voices, signal });
  return {
    engine: "the engine of that server",
    against: origin,
    notes: [
      `Against ${origin}: words are those of the server's own record, and when they sounded is told by the sound.`,
      ...(server.noPhone === undefined
        ? []
        : [`Scenarios of the phone are left out: ${server.noPhone}.`]),
    ],
    open: server.open,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
