/**
 * Load: simulated phone calls, 50 frames a second each way, through Parley and through a raw forwarder,
 * in one run. Usage: deno task bench load [--calls 100] [--seconds 15]
 */
import { parseArgs } from "node:util";
import { ACCOUNT } from "./load/account.ts";
import { type Caller, join, placeCall } from "./load/caller.ts";
import { cpuSeconds, Direction, percentile, residentMb } from "./load/measure.ts";
import { startForwarder, startParley, type Subject } from "./load/subject.ts";
import { startTalkingModel, type TalkingModel } from "./load/talkingModel.ts";

interface Figures {
  readonly cpuMsPerCallSecond: number;
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
    seconds: { type: "string", default: "15" },
    rounds: { type: "string", default: "1" },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);

for (let round = 0; round < Number(values.rounds); round++) {
  const forwarder = await measure((model) => startForwarder(model.url), false);
  const parley = await measure((model) => startParley(model.url, ACCOUNT), true);
  report(forwarder, parley);
}

async function measure(
  start: (model: TalkingModel) => Promise<Subject>,
  withWebhook: boolean,
): Promise<Figures> {
  const model = startTalkingModel();
  const subject = await start(model);
  const heard = new Direction();
  await connect(subject, -1, heard, withWebhook).then((warm) => warm.hangUp());
  const emptyMb = residentMb(subject.pid);
  const callers: Caller[] = [];
  for (let i = 0; i < calls; i++) callers.push(await connect(subject, i, heard, withWebhook));
  await talk(callers, model, 2);
  const before = cpuSeconds(subject.pid);
  const skipHeard = heard.delaysMs.length;
  const skipModel = model.heard.delaysMs.length;
  const ticks = await talk(callers, model, seconds);
  const cpu = cpuSeconds(subject.pid) - before;
  const fullMb = residentMb(subject.pid);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const delays = [...heard.delaysMs.slice(skipHeard), ...model.heard.delaysMs.slice(skipModel)];
  const sent = ticks * calls * 2;
  await Promise.all(callers.map((caller) => caller.hangUp()));
  await subject.stop();
  await model.close();
  return {
    cpuMsPerCallSecond: (cpu * 1000) / (calls * seconds),
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    sent,
    lost: sent - delays.length,
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
  const callSid = `CA${number.toString(16).padStart(32, "0")}`;
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

function report(forwarder: Figures, parley: Figures): void {
  console.log(`${calls} calls, 50 frames a second each way, ${seconds} s`);
  console.table({ forwarder: rounded(forwarder), parley: rounded(parley) });
  const cpu = parley.cpuMsPerCallSecond / forwarder.cpuMsPerCallSecond;
  console.log(`CPU per call-second: ${cpu.toFixed(2)} times the forwarder's (at most 1.5)`);
  const added = parley.p99Ms - forwarder.p99Ms;
  console.log(`p99 latency: ${added.toFixed(2)} ms more than the forwarder's (under 3)`);
}

function rounded(figures: Figures): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]),
  );
}
