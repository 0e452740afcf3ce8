import assert from "node:assert/strict";
import { CallRefused, CallRegistry, type RegistryOptions } from "../../src/call/registry.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import {
  description,
  RecordingDependencies,
  request,
} from "../support/call/sessionDependencies.ts";

const GONE = { type: "left", end: { reason: "caller_hung_up" } } as const;

Deno.test("case 53: no more calls are taken than are allowed, and one more when one has ended", async () => {
  const { registry } = open({ maxCalls: 2 });
  const first = registry.open(request);
  registry.open({ ...request, callSid: "CA2" });
  assert.equal(registry.refusal, "full");
  assert.throws(() => registry.open(request), refused("full"));
  first.input(GONE);
  await first.ended;
  assert.equal(registry.size, 1);
  assert.equal(registry.refusal, undefined);
  registry.open(request);
});

Deno.test("case 53: draining takes no new call and waits for those that are live", async () => {
  const { registry, deps } = open();
  const [first, second] = [registry.open(request), registry.open(request)];
  let drained = false;
  const draining = registry.drain(60_000).then(() => drained = true);
  assert.throws(() => registry.open(request), refused("draining"));
  first.input(GONE);
  await first.ended;
  assert.equal(drained, false);
  second.input(GONE);
  await draining;
  assert.equal(deps.timers, 0);
});

Deno.test("case 53: draining ends what is still live at the deadline", async () => {
  const { registry, deps } = open();
  const session = registry.open(request);
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  const draining = registry.drain(5000);
  deps.pass(5000);
  await draining;
  assert.deepEqual(await session.ended, { reason: "server_stopped" });
  assert.equal(registry.size, 0);
});

Deno.test("draining an empty registry is done at once", async () => {
  await open().registry.drain(60_000);
});

Deno.test("a call is found by its id and by its CallSid, while it lives and when it has ended", async () => {
  const { registry } = open();
  const session = registry.open({ ...request, callSid: "CA7" });
  assert.equal(registry.get(session.id), session);
  assert.equal(registry.byCallSid("CA7"), session);
  assert.deepEqual(registry.list(), [session]);
  session.input(GONE);
  await session.ended;
  assert.equal(registry.get(session.id), undefined);
  assert.equal(registry.byCallSid("CA7"), undefined);
  assert.deepEqual(registry.endOf("CA7")?.end, { reason: "caller_hung_up" });
  assert.equal(registry.endOf("CA8"), undefined);
});

Deno.test("a call whose leg never comes is given up, also while its model is away", async () => {
  for (const away of [false, true]) {
    const { registry, deps } = open({ joinWithinMs: 30_000 });
    const session = registry.open(request);
    deps.model.says({ type: "modelReady" });
    deps.pass(29_000);
    if (away) deps.model.says({ type: "modelLost", loss: { code: "x", retry: "backoff" } });
    deps.pass(1000);
    assert.deepEqual(await session.ended, { reason: "leg_failed", detail: "never_joined" });
    assert.equal(deps.timers, 0);
  }
});

Deno.test("a call whose leg has come, and is lost for a moment, is not given up for that", () => {
  const { registry, deps } = open({ joinWithinMs: 30_000 });
  const session = registry.open(request);
  deps.model.says({ type: "modelReady" });
  session.join(new RecordingLeg());
  deps.pass(29_000);
  session.input({ type: "lost" });
  deps.pass(2000);
  assert.equal(registry.size, 1);
});

Deno.test("an unknown agent takes no call", () => {
  const { registry, deps } = open({
    describe() {
      throw new CallRefused("unknown_agent");
    },
  });
  assert.throws(() => registry.open(request), refused("unknown_agent"));
  assert.equal(registry.size, 0);
  assert.equal(deps.timers, 0);
});

Deno.test("case 54: a thousand calls leave no session, no timer and no open connection behind", async () => {
  const { registry, deps } = open({ maxCalls: 1000 });
  const sessions = Array.from({ length: 1000 }, (_, i) => {
    const session = registry.open({ ...request, callSid: `CA${i}` });
    if (i % 5 !== 0) session.join(new RecordingLeg());
    return session;
  });
  assert.equal(registry.size, 1000);
  deps.models.forEach((model, i) => {
    if (i % 7 === 0) return model.says({ type: "modelLost", loss: { code: "x", retry: "now" } });
    model.says({ type: "modelReady", expiresInMs: 3_600_000 });
    model.says({ type: "responseStarted", responseId: "resp_1", aside: false });
    model.speaks("item", 2000);
    const tool = { callId: "call_1", name: "slow", arguments: "{}" };
    const status = "completed";
    model.says({ type: "responseDone", responseId: "resp_1", status, toolCalls: [tool] });
  });
  deps.pass(1500);
  assert.ok(deps.timers >= 1000);
  sessions.forEach((session, i) => {
    if (i % 3 === 0) session.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
    else session.input(GONE);
  });
  await Promise.all(sessions.map(({ ended }) => ended));
  assert.equal(registry.size, 0);
  assert.equal(deps.timers, 0);
  assert.ok(deps.models.every(({ closes }) => closes === 1));
  assert.ok(deps.tools.every(({ signal }) => signal.aborted));
  assert.deepEqual(deps.faults, []);
});

Deno.test("case 54: of calls that have ended only the latest are remembered", async () => {
  const { registry } = open();
  for (let i = 0; i < 1100; i++) {
    const session = registry.open({ ...request, callSid: `CA${i}` });
    session.input(GONE);
    await session.ended;
  }
  assert.equal(registry.endOf("CA0"), undefined);
  assert.ok(registry.endOf("CA1099") !== undefined);
});

function open(options: Partial<RegistryOptions> = {}) {
  const deps = new RecordingDependencies();
  let ids = 0;
  const registry = new CallRegistry({
    maxCalls: 10,
    newId: () => `call_${++ids}`,
    describe: () => description(),
    deps,
    ...options,
  });
  return { registry, deps };
}

function refused(code: CallRefused["code"]) {
  return (error: unknown) => error instanceof CallRefused && error.code === code;
}
