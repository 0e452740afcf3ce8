/**
 * Load: simulated phone calls, 50 frames a second each way, through Parley and through a raw forwarder,
 * in one run. Usage: deno task bench load [--calls 100] [--seconds 10] [--rounds 3]
 * With --stores instead: Parley alone, with one store after another and with none.
 */
import { parseArgs } from "node:util";
import { ACCOUNT } from "./load/account.ts";
import { type Caller, callSidOf, join, placeCall } from "./load/caller.ts";
import {
  cpuSeconds,
  Direction,
  mainThreadSeconds,
  percentile,
  residentMb,
} from "./load/measure.ts";
import { compareStores } from "./load/stores.ts";
import { startForwarder, startParley, type Subject } from "./load/subject.ts";
import { startTalkingModel, type TalkingModel } from "./load/talkingModel.ts";

interface Figures {
  readonly cpuMsPerCallSecond: number;
  readonly mainMsPerCallSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly sent: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly mbPerCall: number;
}

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "100" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    stores: { type: "boolean", default: false },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);

const forwarders: Figures[] = [];
const parleys: Figures[] = [];
if (values.stores) {
  await compareStores(
    Number(values.rounds),
    (start) => measure((model) => start(model.url), true, startTalkingModel({ framesPerWord: 15 })),
  );
} else {
  for (let round = 0; round < Number(values.rounds); round++) {
    forwarders.push(await measure((model) => startForwarder(model.url), false));
    parleys.push(await measure((model) => startParley(model.url, ACCOUNT), true));
  }
  report();
}

async function measure(
  start: (model: TalkingModel) => Promise<Subject>,
  withWebhook: boolean,
  model = startTalkingModel(),
): Promise<Figures> {
  const subject = await start(model);
  const heard = new Direction();
  await connect(subject, -1, heard, withWebhook).then((warm) => warm.hangUp());
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What the model said to a caller who was gone is not lost.
  const unheard = model.said - heard.received;
  const emptyMb = residentMb(subject.pid);
  const callers: Caller[] = [];
  for (let i = 0; i < calls; i++) callers.push(await connect(subject, i, heard, withWebhook));
  const warmUpTicks = await talk(callers, model, 2);
  const before = cpuSeconds(subject.pid);
  const mainBefore = mainThreadSeconds(subject.pid);
  const skipHeard = heard.delaysMs.length;
  const skipModel = model.heard.delaysMs.length;
  const ticks = await talk(callers, model, seconds);
  const cpu = cpuSeconds(subject.pid) - before;
  const main = mainThreadSeconds(subject.pid) - mainBefore;
  const fullMb = residentMb(subject.pid);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const delays = [...heard.delaysMs.slice(skipHeard), ...model.heard.delaysMs.slice(skipModel)];
  const sent = (ticks + warmUpTicks) * calls + model.said;
  await Promise.all(callers.map((caller) => caller.hangUp()));
  await subject.stop();
  await model.close();
  return {
    cpuMsPerCallSecond: (cpu * 1000) / (calls * seconds),
    mainMsPerCallSecond: (main * 1000) / (calls * seconds),
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    sent,
    lost: sent - unheard - heard.received - model.heard.received,
    outOfOrder: heard.outOfOrder + model.heard.outOfOrder,
    mbPerCall: (fullMb - emptyMb) / calls,
  };
}

function connect(
  subject: Subject,
  index: number,
  heard: Direction,
  withWebhook: boolean,
): Promise<Caller> {
  const number = index + 2;
  if (withWebhook) return placeCall(subject.origin, ACCOUNT, number, heard);
  const callSid = callSidOf(number);
  return join(subject.origin, ACCOUNT, { callSid, token: "", index: number }, heard);
}

/** Everybody talks at once, 50 times a second, on one clock that catches up when it was held back. */
async function talk(
  callers: readonly Caller[],
  model: TalkingModel,
  forSeconds: number,
): Promise<number> {
  const startedAt = performance.now();
  let ticks = 0;
  while (ticks < forSeconds * 50) {
    const due = Math.min(forSeconds * 50, Math.floor((performance.now() - startedAt) / 20));
    for (; ticks < due; ticks++) {
      for (const caller of callers) caller.speak();
      model.speak();
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return ticks;
}

/** The rounds alternate, so that what else the machine does strikes both; their medians are compared. */
function report(): void {
  console.log(
    `${calls} calls, 50 frames a second each way, ${values.rounds} rounds of ${seconds} s`,
  );
  console.table({ forwarder: medians(forwarders), parley: medians(parleys) });
  const cpu = median(
    parleys.map((figures, round) =>
      figures.cpuMsPerCallSecond / (forwarders[round]?.cpuMsPerCallSecond ?? NaN)
    ),
  );
  console.log(`CPU per call-second: ${cpu.toFixed(2)} times the forwarder's (at most 1.5)`);
  const added = median(
    parleys.map((figures, round) => figures.p99Ms - (forwarders[round]?.p99Ms ?? NaN)),
  );
  console.log(`p99 latency: ${added.toFixed(2)} ms more than the forwarder's (under 3)`);
}

function medians(rounds: readonly Figures[]): Omit<Figures, "mainMsPerCallSecond"> {
  const of = (name: keyof Figures) =>
    Math.round(median(rounds.map((figures) => figures[name])) * 100) / 100;
  return {
    cpuMsPerCallSecond: of("cpuMsPerCallSecond"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
    sent: of("sent"),
    lost: Math.max(...rounds.map(({ lost }) => lost)),
    outOfOrder: Math.max(...rounds.map(({ outOfOrder }) => outOfOrder)),
    mbPerCall: of("mbPerCall"),
  };
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
