/**
 * Runs what takes long and prints what was promised, what was measured, and whether that is enough; ends
 * with code 1 where it is not. Usage: deno task soak [names] [--count N] [--seed N] [--full]
 */
import { parseArgs } from "node:util";
import { Progress } from "./progress.ts";
import type { Figure, Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string" },
    seed: { type: "string" },
    full: { type: "boolean", default: false },
  },
});
const unknown = positionals.find((name) => !scenarios.some((one) => one.name === name));
if (unknown !== undefined) {
  const names = scenarios.map(({ name }) => name).join(", ");
  console.error(`There is no scenario ${unknown}. There are: ${names}.`);
  Deno.exit(1);
}
const chosen = scenarios.filter(({ name }) =>
  positionals.length === 0 || positionals.includes(name)
);
const seed = whole("seed", values.seed) ?? Date.now() % 1_000_000;
const count = whole("count", values.count);

const rows: Record<string, string | number>[] = [];
let stray: ((error: Error) => void) | undefined;
// Whatever throws outside of all promises is the running scenario's fault, and no other's.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  stray?.(asError(event.reason));
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  stray?.(asError(event.error));
});

console.log(`seed ${seed}`);
for (const scenario of chosen) await measure(scenario);
console.table(rows);
const missed = rows.filter(({ ok }) => ok === "NO").length;
console.log(missed === 0 ? "Everything holds." : `${missed} of ${rows.length} do not hold.`);
Deno.exit(missed === 0 ? 0 : 1);

async function measure(scenario: Scenario): Promise<void> {
  const total = count ?? (values.full ? scenario.counts.full : scenario.counts.usual);
  console.log(`\n${scenario.name}: ${scenario.promise}`);
  const progress = new Progress(scenario.name, total);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  stray = reject;
  try {
    const figures = await Promise.race([
      scenario.run({
        count: total,
        seed,
        full: values.full,
        progress: (done, note) => progress.report(done, note),
      }),
      broken,
    ]);
    for (const figure of figures) add(scenario, figure);
  } catch (error) {
    console.error(error);
    const measured = asError(error).message.split("\n")[0]?.slice(0, 60) ?? "";
    add(scenario, { what: "runs to its end", measured, target: "no error", ok: false });
  } finally {
    progress.end();
  }
}

function add({ name }: Scenario, { what, measured, target, ok }: Figure): void {
  rows.push({ scenario: name, what, measured, target, ok: ok ? "yes" : "NO" });
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`Cannot use --${name} ${text}: it must be a whole number.`);
    Deno.exit(1);
  }
  return Number(text);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
