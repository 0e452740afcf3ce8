/**
 * Greeting: simulated calls one after another, from the caller's first frame to the first of the
 * greeting, against an engine that takes a known time for it.
 * Usage: deno task bench greeting [--calls 40] [--engine-ms 300] [--joins-ms 100] [--socket native|ws]
 */
import { parseArgs } from "node:util";
import { startPunctualModel } from "./greeting/punctualModel.ts";
import { ACCOUNT } from "./load/account.ts";
import { callSidOf, join, requestStream } from "./load/caller.ts";
import { Direction, percentile } from "./load/measure.ts";
import { startParley } from "./load/subject.ts";

/** The first frame that a caller hears. */
class Greeting extends Direction {
  readonly #heard = Promise.withResolvers<number>();
  readonly heardAt = this.#heard.promise;

  override take(): void {
    this.#heard.resolve(performance.now());
  }
}

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "40" },
    "engine-ms": { type: "string", default: "300" },
    "joins-ms": { type: "string", default: "100" },
    socket: { type: "string", default: "native" },
  },
});
const engineMs = Number(values["engine-ms"]);
const joinsMs = Number(values["joins-ms"]);

const model = startPunctualModel(engineMs);
const parley = await startParley(model.url, ACCOUNT, { OPENAI_SOCKET: values.socket });
const firstFrameToGreeting: number[] = [];
const webhookToModel: number[] = [];
const modelToCaller: number[] = [];
await greet(0);
for (let call = 1; call <= Number(values.calls); call++) {
  const { rangAt, spokeAt, heardAt } = await greet(call);
  firstFrameToGreeting.push(heardAt - spokeAt);
  webhookToModel.push(model.askedAt - rangAt);
  modelToCaller.push(heardAt - model.spokeAt);
}
await parley.stop();
await model.close();

console.log(
  `${values.calls} calls; the engine takes ${engineMs} ms, the phone's socket comes ${joinsMs} ms after the webhook's answer`,
);
console.table({
  "first frame -> greeting": row(firstFrameToGreeting),
  "webhook -> model asked": row(webhookToModel),
  "model speaks -> caller hears": row(modelToCaller),
});
const added = percentile(firstFrameToGreeting, 0.95) - engineMs;
console.log(
  `From the first frame to the greeting: ${
    added.toFixed(1)
  } ms more than the engine needs at p95 (at most 50)`,
);
if (!(added <= 50)) Deno.exit(1);

async function greet(index: number) {
  const callSid = callSidOf(index + 2);
  const rangAt = performance.now();
  const token = await requestStream(parley.origin, ACCOUNT, callSid);
  await new Promise((resolve) => setTimeout(resolve, joinsMs));
  const greeting = new Greeting();
  const caller = await join(parley.origin, ACCOUNT, { callSid, token, index: index + 2 }, greeting);
  const spokeAt = performance.now();
  caller.speak();
  const speaking = setInterval(() => caller.speak(), 20);
  const heardAt = await greeting.heardAt;
  clearInterval(speaking);
  await caller.hangUp();
  return { rangAt, spokeAt, heardAt };
}

function row(times: readonly number[]) {
  const at = (share: number) => Math.round(percentile(times, share) * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}
