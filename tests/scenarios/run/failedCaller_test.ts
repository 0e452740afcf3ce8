import assert from "node:assert/strict";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import type { CallerEnd } from "../../../src/scenarios/run/callerEnd.ts";
import { runScenario } from "../../../src/scenarios/run/runScenario.ts";
import { createPhoneNetwork } from "../../../src/sim/twilio/phoneNetwork.ts";
import { ACCOUNT } from "../../support/scenarios/calledNumber.ts";

const THREE = `
title: Three at a time
callers:
  - caller: [silence_ms: 60000]
  - caller: [silence_ms: 60000]
  - after_ms: 60000
    caller: [silence_ms: 60000]
`;

Deno.test("where one of several callers cannot begin, the others hang up before that is told", async () => {
  const readAudio = () => new Uint8Array();
  const read = readScenario("three", THREE, readAudio);
  assert.ok(read.ok, Deno.inspect(read));
  const network = createPhoneNetwork({ account: ACCOUNT, publicUrl: "https://parley.example" });
  const talking = silentEnd();
  let begun = 0;
  const acting = runScenario(read.scenario, {
    network,
    origin: "https://parley.example",
    request: () => Promise.resolve(new Response(null, { status: 404 })),
    async call() {
      begun++;
      if (begun === 1) return talking.end;
      await network.context.clock.wait(50);
      throw new Error("Cannot call: 503");
    },
    [Symbol.asyncDispose]: () => network.close(),
  }, { voices: {}, readAudio });
  await assert.rejects(acting, /Cannot call: 503/);
  assert.ok(talking.isOver());
  assert.equal(begun, 2, "whoever was to call later does not");
  await network.close();
});

Deno.test("what is interrupted before its call calls nobody, and whoever calls is given the signal", async () => {
  const readAudio = () => new Uint8Array();
  const read = readScenario("one", "title: One\ncaller: [silence_ms: 60000]", readAudio);
  assert.ok(read.ok, Deno.inspect(read));
  const network = createPhoneNetwork({ account: ACCOUNT, publicUrl: "https://parley.example" });
  const interrupted = new AbortController();
  const given: (AbortSignal | undefined)[] = [];
  const act = () =>
    runScenario(read.scenario, {
      network,
      origin: "https://parley.example",
      request: () => Promise.resolve(new Response(null, { status: 404 })),
      call(_scenario, _caller, signal) {
        given.push(signal);
        interrupted.abort();
        return Promise.reject(new Error(`aborted: ${signal?.aborted}`));
      },
      [Symbol.asyncDispose]: () => network.close(),
    }, { voices: {}, readAudio, signal: interrupted.signal });
  await assert.rejects(act(), /aborted: true/);
  await assert.rejects(act(), { name: "AbortError" });
  assert.equal(given.length, 1);
  await network.close();
});

/** Nobody says anything there. */
function silentEnd() {
  const over = Promise.withResolvers<void>();
  const listeners = new Set<Parameters<CallerEnd["watch"]>[0]>();
  let isOver = false;
  const end: CallerEnd = {
    format: "pcmu",
    talkMs: 1000,
    settled: over.promise,
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    heard: () => [],
    heardAndQueued: () => [],
    said: () => [],
    speak: () => over.promise,
    sendDigits: () => over.promise,
    hangUp() {
      isOver = true;
      const ended = { status: "completed", reason: "the caller hangs up" } as const;
      for (const listener of listeners) listener({ type: "ended", atMs: 1000, end: ended });
      over.resolve();
    },
  };
  return { end, isOver: () => isOver };
}
