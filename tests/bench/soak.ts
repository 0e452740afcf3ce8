/**
 * Soak: short calls one after another, a few at a time; memory, sockets and live calls must come back
 * to where they were. Usage: deno task bench soak [--calls 2000] [--at-once 20]
 */
import { parseArgs } from "node:util";
import { placeCall } from "./load/caller.ts";
import { ACCOUNT } from "./load/account.ts";
import { Direction, openFiles, residentMb } from "./load/measure.ts";
import { startParley } from "./load/subject.ts";
import { startTalkingModel } from "./load/talkingModel.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "2000" },
    "at-once": { type: "string", default: "20" },
  },
});
const total = Number(values.calls);
const atOnce = Number(values["at-once"]);

const model = startTalkingModel();
const subject = await startParley(model.url, ACCOUNT);
const rows: Record<string, { rssMb: number; openFiles: number; modelSessions: number }> = {};
let placed = 0;

await row("start");
for (const share of [0.25, 0.5, 0.75, 1]) {
  await Promise.all(Array.from({ length: atOnce }, () => callUntil(total * share)));
  await row(`after ${Math.round(total * share)} calls`);
}
console.table(rows);
await subject.stop();
await model.close();

/** Each caller says five frames, hears what comes meanwhile, and hangs up. */
async function callUntil(count: number): Promise<void> {
  while (placed < count) {
    const caller = await placeCall(subject.origin, ACCOUNT, ++placed, new Direction());
    for (let frame = 0; frame < 5; frame++) {
      caller.speak();
      model.speak();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await caller.hangUp();
  }
}

async function row(name: string): Promise<void> {
  const until = performance.now() + 5000;
  while (model.sessions > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  rows[name] = {
    rssMb: Math.round(residentMb(subject.pid)),
    openFiles: openFiles(subject.pid),
    modelSessions: model.sessions,
  };
}
