import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import type { ScenarioServer } from "../../scenarios/run/scenarioServer.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { Voice } from "../../sim/voice/voice.ts";

/** What the servers of a rehearsal are made of. */
export interface ServerSources {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly voices: Readonly<Record<string, Voice>>;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** Whether calls that cost money are wanted. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** Where scenarios are acted out. */
export interface ScenarioServers extends AsyncDisposable {
  /** `rehearsal` for the built-in engine. */
  readonly engine: string;
  /** The server's address, where it was not started for this. */
  readonly against?: string;
  /** Of calls, where there is no record that says what they cost. */
  readonly usdPerMinute?: number;
  /** What is to be known of all that follows. */
  readonly notes: readonly string[];
  /** `spent` is told of dollars that are in no record of a call. */
  open(scenario: Scenario, seed: number, spent: (usd: number) => void): Promise<ScenarioServer>;
  /** Upper limit in dollars for a scenario's analyses; absent where records of another server give their cost. */
  maxAnalysesUsd?(scenario: Scenario): number;
}
