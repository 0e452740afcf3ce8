/**
 * Greeting: simulated calls one after another, from the start of the caller's stream to the first of the
 * greeting: spoken by an engine that takes a known time for it, with CALL_URL asked before, and kept, with
 * an engine that is away.
 * Usage: deno task bench greeting [--calls 40] [--engine-ms 300] [--joins-ms 100] [--call-url-ms 300]
 *   [--socket native|nodelay]
 */
import { parseArgs } from "node:util";
import { startPunctualModel } from "./greeting/punctualModel.ts";
import { startSlowEndpoint } from "./greeting/slowEndpoint.ts";
import { ACCOUNT } from "./load/account.ts";
import { callSidOf, join, requestStream } from "./load/caller.ts";
import { Direction, percentile } from "./load/measure.ts";
import { startParley, type Subject } from "./load/subject.ts";

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
    "call-url-ms": { type: "string", default: "300" },
    socket: { type: "string", default: "native" },
  },
});
const engineMs = Number(values["engine-ms"]);
const joinsMs = Number(values["joins-ms"]);

const settings = { OPENAI_SOCKET: values.socket };
const model = startPunctualModel(engineMs);
const parley = await startParley(model.url, ACCOUNT, settings);
const firstFrameToGreeting: number[] = [];
const webhookToModel: number[] = [];
const modelToCaller: number[] = [];
await greet(parley, 0);
for (let call = 1; call <= Number(values.calls); call++) {
  const { rangAt, spokeAt, heardAt } = await greet(parley, call);
  firstFrameToGreeting.push(heardAt - spokeAt);
  webhookToModel.push(model.askedAt - rangAt);
  modelToCaller.push(heardAt - model.spokeAt);
}
await parley.stop();

const endpoint = startSlowEndpoint(Number(values["call-url-ms"]));
const asking = await startParley(model.url, ACCOUNT, { ...settings, ...endpoint.settings });
const asked: number[] = [];
await greet(asking, 0);
for (let call = 1; call <= Number(values.calls); call++) {
  const { spokeAt, heardAt } = await greet(asking, call);
  asked.push(heardAt - spokeAt);
}
await asking.stop();
await endpoint.close();
await model.close();

const kept: number[] = [];
const once = startPunctualModel(engineMs, { finishes: true });
const keeping = await startParley(once.url, ACCOUNT, settings);
await greet(keeping, 0);
once.stall();
for (let call = 1; call <= Number(values.calls); call++) {
  const { spokeAt, heardAt } = await greet(keeping, call);
  kept.push(heardAt - spokeAt);
}
await keeping.stop();
await once.close();

console.log(
  `${values.calls} calls; the engine takes ${engineMs} ms, the phone's socket comes ${joinsMs} ms after the webhook's answer`,
);
console.table({
  "stream starts -> greeting of the model": row(firstFrameToGreeting),
  [`the same, CALL_URL answers in ${values["call-url-ms"]} ms`]: row(asked),
  "stream starts -> kept greeting, no model": row(kept),
  "webhook -> model asked": row(webhookToModel),
  "model speaks -> caller hears": row(modelToCaller),
});
const added = percentile(firstFrameToGreeting, 0.95) - engineMs;
console.log(
  `From the stream's start to the model's greeting: ${
    added.toFixed(1)
  } ms more than the engine needs at p95 (at most 50)`,
);
const keptMs = percentile(kept, 0.95);
console.log(
  `From the stream's start to a kept greeting: ${keptMs.toFixed(1)} ms at p95 (at most 150)`,
);
if (!(added <= 50 && keptMs <= 150)) Deno.exit(1);

async function greet(server: Pick<Subject, "origin">, index: number) {
  const callSid = callSidOf(index + 2);
  const rangAt = performance.now();
  const token = await requestStream(server.origin, ACCOUNT, callSid);
  await new Promise((resolve) => setTimeout(resolve, joinsMs));
  const greeting = new Greeting();
  const caller = await join(server.origin, ACCOUNT, { callSid, token, index: index + 2 }, greeting);
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
