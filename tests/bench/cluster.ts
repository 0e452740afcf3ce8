/**
 * Live events between processes that share one Postgres: `deno task bench cluster [--calls 100]
 * [--seconds 10] [--trace FILE]`.
 *
 * First a server with simulated phone calls shows what live events they make. Then 2, 3 and 4 processes
 * publish as many each, with the same pace, and a reader at the first reads all of them over HTTP. At last
 * the pace grows until events come late or not at all, and falls back. Postgres must be on this machine;
 * whether it flushes to disk is all the same, since `NOTIFY` alone writes nothing. `--trace` keeps the recorded events in a file, or takes them from there.
 */
import { parseArgs } from "node:util";
import { startPostgres, type TestPostgres } from "../support/store/postgres.ts";
import { BenchCluster, type Flow } from "./cluster/benchCluster.ts";
import { type Capture, captureConversation } from "./cluster/captureConversation.ts";

const { values } = parseArgs({
  options: {
    "calls": { type: "string", default: "100" },
    "seconds": { type: "string", default: "10" },
    "trace": { type: "string" },
  },
});
const seconds = Number(values.seconds);
const KEY = "0123456789abcdef0123456789abcdef";
const SIZES = [2, 3, 4];
const SPEEDS = [5, 10, 20, 40, 80, 160];
const LATE_MS = 1000;
const flowTitles = ["events a second", "p50", "p99", "lost", "out of order"];

const postgres = await startPostgres();
if (postgres === undefined) throw new Error("Cannot measure: Postgres is not installed");
try {
  await main(postgres);
} finally {
  postgres.kill();
}

async function main(postgres: TestPostgres): Promise<void> {
  const traceFile = values.trace ?? await Deno.makeTempFile({ prefix: "parley-bench-" });
  const capture = await readTrace(traceFile) ??
    await captureConversation((await postgres.createDatabase()).url, Number(values.calls));
  await Deno.writeTextFile(traceFile, JSON.stringify(capture));
  tellOf(capture);

  const start = async (size: number) =>
    await BenchCluster.start(size, {
      databaseUrl: (await postgres.createDatabase()).url,
      key: KEY,
      traceFile,
    });

  const measured: string[][] = [];
  for (const size of SIZES) {
    await using cluster = await start(size);
    await cluster.flow({ seconds: seconds / 2, speed: 1 });
    const flow = await cluster.flow({ seconds, speed: 1 });
    const cost = await cluster.cost({ seconds: seconds / 2, speed: 1, rounds: 3 });
    measured.push([
      String(size),
      ...flowCells(flow),
      cost.publishMs.toFixed(3),
      cost.receiveMs.toFixed(3),
      cost.postgresMs.toFixed(3),
      percent(sum(flow.cpuMs) / size / (flow.seconds * 1000)),
      percent(flow.postgresMs / (flow.seconds * 1000)),
    ]);
  }
  printTable([
    "processes",
    ...flowTitles,
    "CPU ms per event: publishing",
    "receiving",
    "Postgres",
    "CPU of a process",
    "of Postgres",
  ], measured);

  for (const { size, silent } of [{ size: 2, silent: 1 }, { size: 4, silent: 0 }]) {
    await using cluster = await start(size);
    await cluster.flow({ seconds: seconds / 2, speed: 1, silent });
    const steps: string[][] = [];
    const ramp = async (speed: number) => {
      const flow = await cluster.flow({ seconds: seconds / 2, speed, silent });
      steps.push([
        `× ${speed}`,
        ...flowCells(flow),
        String(flow.missed),
        percent(Math.max(...flow.cpuMs.slice(silent)) / (flow.seconds * 1000)),
        percent(flow.cpuMs[0]! / (flow.seconds * 1000)),
        percent(flow.postgresMs / (flow.seconds * 1000)),
        String(flow.warnings),
      ]);
      return flow.p99Ms < LATE_MS && flow.lost === 0 && flow.missed === 0;
    };
    for (const speed of SPEEDS) if (!await ramp(speed)) break;
    await ramp(1);
    console.log(`\n${size} processes, of which ${size - silent} publish`);
    printTable([
      "pace",
      ...flowTitles,
      "told of missed",
      "CPU of a publisher",
      "of the one read",
      "of Postgres",
      "warnings",
    ], steps);
  }
}

async function readTrace(file: string): Promise<Capture | undefined> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text === "" ? undefined : JSON.parse(text);
}

function tellOf({ calls, seconds, events, cpuShare }: Capture): void {
  const perSecond: number[] = [];
  let characters = 0;
  for (const { atMs, event } of events) {
    const second = Math.floor(atMs / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
    characters += JSON.stringify(event).length;
  }
  console.log(
    `${calls} phone calls, a turn of the caller's every ten seconds: ${
      Math.round(events.length / seconds)
    } events a second, ${Math.max(...perSecond)} in the busiest, of ${
      Math.round(characters / events.length)
    } characters; they take ${percent(cpuShare)} of a core\n`,
  );
}

function flowCells({ published, seconds, p50Ms, p99Ms, lost, outOfOrder }: Flow): string[] {
  return [
    String(Math.round(published / seconds)),
    `${Math.round(p50Ms)} ms`,
    `${Math.round(p99Ms)} ms`,
    String(lost),
    String(outOfOrder),
  ];
}

function printTable(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  console.log([line(titles), line(titles.map(() => "---:")), ...rows.map(line)].join("\n"));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
