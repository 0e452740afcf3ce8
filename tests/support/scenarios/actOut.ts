import assert from "node:assert/strict";
import { describeProblem } from "../../../src/config/agentProblem.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import {
  type CallRun,
  type RunOptions,
  runScenario,
  type ScenarioRun,
} from "../../../src/scenarios/run/runScenario.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import type { Voice } from "../../../src/sim/voice/voice.ts";
import { startFor } from "./startFor.ts";

const NAMES = ["slt", "rms", "awb", "kal"] as const;

/** What scenarios are acted out with; the voices are closed with it. */
export interface Stage extends Disposable {
  act(text: string, more?: ActOptions): Promise<ScenarioRun>;
}

export interface ActOptions extends Partial<Pick<RunOptions, "judge" | "improvise" | "onStep">> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly seed?: number;
  /** The files of sound beside the scenario, as mu-law. */
  readonly sounds?: Readonly<Record<string, Uint8Array>>;
  readonly onLog?: (line: string) => void;
}

/** Opens what acts out scenarios against servers of their own, of the agents in a folder. */
export function openStage(agentsDir: string): Stage {
  const voices: Readonly<Record<string, Voice & { close(): void }>> = Object.fromEntries(
    NAMES.map((voice) => [voice, createFliteVoice({ voice })]),
  );
  return {
    async act(text, { environment = {}, seed = 1, sounds = {}, onLog, ...more } = {}) {
      const readAudio = (path: string) => {
        const sound = sounds[path];
        if (sound === undefined) throw new TypeError(`there is no file ${path}`);
        return sound;
      };
      const read = readScenario("test", text, readAudio);
      if (!read.ok) {
        assert.fail(read.problems.map((one) => describeProblem("test.yaml", one)).join("\n"));
      }
      const { scenario } = read;
      await using server = await startFor(scenario, {
        environment: { AGENTS_DIR: agentsDir, ...environment },
        seed,
        voices,
        log: (line) => onLog?.(line),
      });
      return await runScenario(scenario, server, { voices, readAudio, ...more });
    },
    [Symbol.dispose]() {
      for (const voice of Object.values(voices)) voice.close();
    },
  };
}

/** All that did not hold, a line for each. */
export function failuresOf({ calls }: Pick<ScenarioRun, "calls">): readonly string[] {
  return calls.flatMap(({ verdicts }, index) =>
    verdicts.filter(({ state }) => state === "failed")
      .map(({ expected, found }) => `${index}: ${expected}: ${found}`)
  );
}

/** What the caller heard, a line for each of the agent's. */
export function linesOf({ evidence: { lines } }: CallRun): readonly string[] {
  return lines.map(({ words }) => words.map(({ text }) => text).join(" "));
}
