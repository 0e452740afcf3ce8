import { createRandom } from "../../../src/sim/twilio/random.ts";
import { atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";
import { Busy, FAULTY, type Life, talksMuch, USUAL } from "./lives.ts";
import type { MemoryReport } from "./watchedServer.ts";
import { startWorld, type World } from "./world.ts";
import { pause } from "../pause.ts";

/** Each fault happens to so large a share of the calls. */
const FAULT_SHARE = 0.01;
/** Few enough for a busy machine, which refuses more. */
const AT_ONCE = 12;
/** Calls that ring only, and what is said in one: what is bounded takes its size, webhooks and events. */
const WARM_UP_CALLS = 2000;
/** The first of the others count as warm-up too, in which V8 makes code. */
const WARM_UP_SHARE = 0.2;
const SAMPLES = 3;
/** Maps that drop their oldest entries. */
const BOUNDED = /^(utils\/boundedMap|routes\/middleware\/repeatedWebhooks)\.ts/;
/** A browser that vanished is noticed after half a minute. */
const LINGER_MS = 60_000;
const STUCK_MS = 60_000;

/** Calls one after another, some at a time; measures what stays behind of them. */
export async function soakShortCalls(
  { count, seed, progress }: SoakOptions,
): Promise<readonly Figure[]> {
  await using world = await startWorld();
  const random = createRandom(seed);
  const astray: string[] = [];
  let begun = 0;
  let done = 0;
  let refused = 0;

  async function callUntil(total: number): Promise<void> {
    while (begun < total) {
      const usual = USUAL[begun++ % USUAL.length]!;
      const draw = random();
      const life = FAULTY[Math.floor(draw / FAULT_SHARE)] ?? usual;
      await lead(life).catch((error) => astray.push(`${life.name}: ${error.message}`));
      progress(++done, `${astray.length} astray, ${refused} refused as busy`);
    }
  }

  progress(0, "calls that only ring");
  await ringOnly(world);
  await lead(talksMuch);
  async function lead(life: Life): Promise<void> {
    for (;;) {
      try {
        return await Promise.race([life(world, random), stuck()]);
      } catch (error) {
        if (!(error instanceof Busy)) throw error;
        refused++;
        await pause(500);
      }
    }
  }

  const samples: Sample[] = [];
  for (let at = 0; at <= SAMPLES; at++) {
    const share = WARM_UP_SHARE + (1 - WARM_UP_SHARE) * at / SAMPLES;
    const total = Math.round(count * share);
    await Promise.all(Array.from({ length: AT_ONCE }, () => callUntil(total)));
    samples.push(await sample(world, total));
  }
  for (const line of world.server.logged.filter((line) => line.includes('"error"')).slice(-5)) {
    console.log(`  logged: ${line.slice(0, 300)}`);
  }
  for (const one of astray.slice(0, 20)) console.log(`  astray: ${one}`);
  return [exactly("calls that went astray", astray.length, 0), ...figuresOf(samples)];
}

async function ringOnly({ network }: World): Promise<void> {
  let left = WARM_UP_CALLS;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const phone = network.call();
      await phone.next("requested");
      await hangUp(phone);
    }
  }));
}

interface Sample {
  readonly calls: number;
  readonly report: MemoryReport;
  readonly sockets: number;
  readonly live: number;
  readonly modelSessions: number;
}

async function sample(world: World, calls: number): Promise<Sample> {
  const until = performance.now() + LINGER_MS;
  let live = await liveCalls(world);
  while ((live > 0 || world.model.sessions.length > 0) && performance.now() < until) {
    await pause(100);
    live = await liveCalls(world);
  }
  // What is written behind the calls' backs has time to be written, and idle connections to close.
  await pause(2000);
  const report = await world.server.memory();
  const modelSessions = world.model.sessions.length;
  return { calls, report, sockets: world.server.sockets, live, modelSessions };
}

async function liveCalls({ server }: World): Promise<number> {
  const { calls } = await (await fetch(`${server.origin}/health`)).json();
  return calls.live;
}

function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const first = samples[0]!;
  const last = samples.at(-1)!;
  const timers = (sample: Sample) => sum(Object.values(sample.report.timers));
  printChanges(samples);
  return [
    exactly("calls alive at the end", last.live, 0),
    exactly("model sessions at the end", last.modelSessions, 0),
    atMost("sockets more than after the warm-up", last.sockets - first.sockets, 2),
    atMost("timers more than after the warm-up", timers(last) - timers(first), 2),
    atMost("entries in unbounded maps and sets, growth a call", growthOfEntries(first, last), 0.05),
    atMost(
      "heap after garbage collection, growth a call",
      slope(samples.map(({ calls, report }) => [calls, report.heapUsed])) / 1024,
      2,
      "KiB",
    ),
  ];
}

/** All places together. */
function growthOfEntries(first: Sample, last: Sample): number {
  const entries = ({ report }: Sample) =>
    sum(
      Object.entries(report.collections).map(([place, { entries }]) =>
        BOUNDED.test(place) ? 0 : entries
      ),
    );
  return (entries(last) - entries(first)) / (last.calls - first.calls);
}

/** Where maps, sets and timers have grown, for who looks for a leak. */
function printChanges(samples: readonly Sample[]): void {
  const row = ({ calls, report, sockets }: Sample) => ({
    calls,
    heapMb: Math.round(report.heapUsed / 1024 / 102.4) / 10,
    externalMb: Math.round(report.external / 1024 / 102.4) / 10,
    sockets,
    timers: sum(Object.values(report.timers)),
  });
  console.table(samples.map(row));
  const first = samples[0]!.report;
  const last = samples.at(-1)!.report;
  for (const [place, { entries, alive }] of Object.entries(last.collections)) {
    const before = first.collections[place] ?? { entries: 0, alive: 0 };
    if (entries <= before.entries && alive <= before.alive) continue;
    console.log(`  ${place}: ${before.entries} in ${before.alive} -> ${entries} in ${alive}`);
  }
  for (const [place, count] of Object.entries(last.timers)) {
    const before = first.timers[place] ?? 0;
    if (count > before) console.log(`  timers of ${place}: ${before} -> ${count}`);
  }
}

/** Least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = sum(points.map(([x]) => x)) / points.length;
  const meanY = sum(points.map(([, y]) => y)) / points.length;
  const covariance = sum(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / sum(points.map(([x]) => (x - meanX) ** 2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function stuck(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("stuck")), STUCK_MS));
}
