import { readSettings, readVariable, SettingsError } from "../../config/env.ts";
import {
  barredHosts,
  unreachableDatabase,
  unreachableTools,
} from "../../config/hostPermissions.ts";
import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import { createToolVariables } from "../../config/toolVariables.ts";
import { modelServerOf } from "../../services/openai.ts";
import {
  barredHost,
  check,
  type MayUse,
  openSetup,
  placeChecks,
  readEnvFile,
  settingProblems,
  type SetupCheck,
} from "../../services/setup.ts";
import { createProvider } from "../../services/signIn.ts";
import { loadPrices } from "../../services/spending.ts";
import { examineStore } from "../../services/store.ts";
import { openToolAccess } from "../../services/tools.ts";
import { setTimer } from "../../utils/clock.ts";
import { readAgents, SILENT } from "./readAgents.ts";

export interface FileOptions {
  readonly environment: Environment;
  readonly envPath: string;
  readonly mayUse: MayUse;
}

/** What keeps a server from starting with the settings as they stand now. */
export async function settingFaults(
  { environment, envPath }: Pick<FileOptions, "environment" | "envPath">,
): Promise<{ readonly settings?: Settings; readonly checks: readonly SetupCheck[] }> {
  try {
    return { settings: readSettings(environment), checks: [] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const findings = settingProblems(error.problems, await readEnvFile(envPath));
    return { checks: findings.map((finding) => check("warnings", finding)) };
  }
}

/** Looks at the set-up where no server runs, without starting one. */
export async function lookAtFiles(options: FileOptions): Promise<readonly SetupCheck[]> {
  const { environment, envPath, mayUse } = options;
  const { settings, checks: faults } = await settingFaults(options);
  if (settings === undefined) {
    return [...faults, ...await placeChecks({ environment, envPath })];
  }
  const read = await readAgents(settings, environment, unreachableTools);
  const engine = modelServerOf(settings.openai);
  const { pricesFile: _, ...records } = settings.records;
  const prices = await loadPrices(settings.records).catch(reasonOf);
  const database = unreachableDatabase(settings.database);
  const hosts = [
    ...barredHosts({ settings, agents: read.agents, engine: engine.name })
      .map(({ place, host }) => barredHost(place, host)),
    ...settingProblems(database === undefined ? [] : [database], { state: "absent" }),
  ].map((finding) => check("machine", finding));
  await using access = await openToolAccess({
    settings,
    agents: read.agents,
    readVariable: createToolVariables(environment, readVariable),
    setTimer,
    ...SILENT,
  });
  const setup = openSetup({
    settings,
    agents: read.agents,
    engine,
    prices: typeof prices === "string" ? await loadPrices(records) : prices,
    store: {
      examine: () => examineStore(settings.database),
      outbox: { deadLetters: () => Promise.resolve([]) },
      keyValues: { getOrSet: (_, value) => Promise.resolve(value) },
      instances: { beats: () => Promise.resolve([]), known: () => Promise.resolve([]) },
    },
    recorder: { health: () => ({ status: "ok" }) },
    recordings: { health: { status: "ok" } },
    cluster: { instanceId: "none", revocation: { isRevoked: () => false } },
    ...(settings.signIn && {
      signIn: { provider: createProvider(settings.signIn, { now: () => performance.now() }) },
    }),
    ...access,
    now: Date.now,
    environment,
    envPath,
    mayUse,
    isRunning: false,
  });
  const checks = await setup.check();
  return [
    ...(typeof prices === "string"
      ? settingProblems([prices], await readEnvFile(envPath)).map((it) => check("warnings", it))
      : []),
    ...hosts,
    ...read.checks,
    ...checks.filter(({ part }) => part !== "agents" || read.checks.length === 0),
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
