import type { Scenario } from "./scenario.ts";

/** All scenarios, in the order in which they run; each is a file here that exports `scenario`. */
export const NAMES = ["modelLoss", "deploy", "crash", "malformed", "leaks"] as const;

/** Those of that name, or all; undefined for what is no scenario's name. */
export async function loadScenarios(
  names: readonly string[],
): Promise<ReadonlyMap<string, Scenario | undefined>> {
  const loaded = new Map<string, Scenario | undefined>();
  for (const name of names.length === 0 ? NAMES : names) loaded.set(name, await load(name));
  return loaded;
}

async function load(name: string): Promise<Scenario | undefined> {
  if (!NAMES.some((known) => known === name)) return undefined;
  const { scenario } = await import(`./${name}.ts`);
  return scenario;
}
