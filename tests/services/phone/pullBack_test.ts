import assert from "node:assert/strict";
import { createPullBack } from "../../../src/services/phone/pullBack.ts";
import type { CallRecord } from "../../../src/services/store.ts";
import { noUsage } from "../../../src/services/store.ts";
import { TwilioProblem } from "../../../src/services/twilioOutbound.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

const sidOf = (call: number) => `CA${String(call).padStart(32, "0")}`;

function record(call: number): CallRecord {
  return {
    id: `call_${call}`,
    direction: "inbound",
    agent: "desk",
    callSid: sidOf(call),
    status: "live",
    startedAt: call,
    usage: noUsage,
    instanceId: "inst_gone",
  };
}

function start({ problem, taken = [], dialling = [] }: {
  readonly problem?: TwilioProblem;
  /** Calls that another process has claimed. */
  readonly taken?: readonly string[];
  /** Calls that are being put through. */
  readonly dialling?: readonly string[];
} = {}) {
  const clock = { at: 0, timers: [] as { readonly at: number; readonly wake: () => void }[] };
  const asked: { readonly sid: string; readonly at: number; readonly twiml: string }[] = [];
  const here = new Map<string, RecordingSession>();
  const written: unknown[] = [];
  const pullBack = createPullBack({
    registry: { byCallSid: (sid) => here.get(sid), refusal: undefined },
    instances: { claimCall: (id) => Promise.resolve(!taken.includes(id)) },
    instanceId: "inst_new",
    twilio: {
      isDialling: (sid) => Promise.resolve(dialling.includes(sid)),
      update(sid, change) {
        asked.push({ sid, at: clock.at, twiml: "twiml" in change ? change.twiml : "" });
        return problem === undefined
          ? Promise.resolve({ sid, status: "in-progress" })
          : Promise.reject(problem);
      },
    },
    conferences: { isAccompanied: () => Promise.resolve(false) },
    streams: { unclaimedToken: (sid) => `token of ${sid}` },
    agents: { get: () => undefined, ofCall: () => undefined, unusable: new Map() },
    isRefused: () => false,
    adopt(sid) {
      const session = new RecordingSession();
      here.set(sid, session);
      return Promise.resolve(session);
    },
    callStore: {
      transferUnderWay: (callId) =>
        Promise.resolve(dialling.length > 0 && callId !== "call_3" ? 1 : undefined),
      write(writes) {
        written.push(...writes);
        return Promise.resolve();
      },
    },
    publicUrl: "https://phone.example",
    log: { info() {}, warn() {} },
    now: () => clock.at,
    setTimer(wake, ms) {
      clock.timers.push({ at: clock.at + ms, wake });
      return () => {};
    },
  });
  /** Lets time pass until nothing waits. */
  async function pass(): Promise<void> {
    for (await settled(); clock.timers.length > 0; await settled()) {
      clock.timers.sort((a, b) => a.at - b.at);
      const next = clock.timers.shift();
      clock.at = Math.max(clock.at, next?.at ?? 0);
      next?.wake();
    }
  }
  return { pullBack, asked, here, written, pass };
}

Deno.test("a hundred calls are pulled back within five seconds, in their order, twenty at once at most", async () => {
  const { pullBack, asked, pass } = start();
  const work = Array.from({ length: 100 }, (_, call) => pullBack.take(record(call)));
  await pass();
  assert.ok((await Promise.all(work)).every((outcome) => outcome === "opened"));
  assert.deepEqual(asked.map(({ sid }) => sid), Array.from({ length: 100 }, (_, n) => sidOf(n)));
  assert.ok((asked.at(-1)?.at ?? Infinity) < 5000);
  for (const { at } of asked) {
    const within = asked.filter((other) => other.at >= at && other.at < at + 1000);
    assert.ok(within.length <= 40, `${within.length} in a second`);
  }
  assert.ok(asked.filter(({ at }) => at === 0).length <= 20);
});

Deno.test("a call that is with the target of a transfer is left there, with a session, and another is pulled back", async () => {
  const { pullBack, asked, here, written, pass } = start({ dialling: [sidOf(1), sidOf(3)] });
  const plannedEnd = { reason: "transferred", detail: "sales" } as const;
  const work = [{ ...record(1), plannedEnd }, record(2), record(3)]
    .map((call) => pullBack.take(call));
  await pass();
  assert.deepEqual(await Promise.all(work), ["opened", "opened", "opened"]);
  assert.deepEqual(asked.map(({ sid }) => sid).sort(), [sidOf(2), sidOf(3)]);
  assert.deepEqual([...here.keys()], [sidOf(1)]);
  const changes = { plannedEnd: null };
  assert.deepEqual(written, [{ type: "changed", callId: "call_1", changes }]);
});

Deno.test("a call that another process has claimed, or that is here by now, is left alone", async () => {
  const { pullBack, asked, here, pass } = start({ taken: ["call_1"] });
  here.set(sidOf(2), new RecordingSession());
  const work = [1, 2, 3].map((call) => pullBack.take(record(call)));
  assert.equal(pullBack.take(record(3)), work[2], "asked for once");
  assert.equal(pullBack.isUnderWay(sidOf(3)), true);
  await pass();
  assert.deepEqual(await Promise.all(work), ["left", "left", "opened"]);
  assert.deepEqual(asked.map(({ sid }) => sid), [sidOf(3)]);
  assert.match(asked[0]?.twiml ?? "", /value="token of CA0+3"/);
  assert.equal(pullBack.isUnderWay(sidOf(3)), false);
});

Deno.test("a call that Twilio has no more is over", async () => {
  const problem = new TwilioProblem(404, "unknown_call", "There is no such phone call.");
  const { pullBack, asked } = start({ problem });
  assert.equal(await pullBack.take(record(1)), "over");
  assert.equal(asked.length, 1);
});

Deno.test("a call is this process's though Twilio's API fails: it is not left to others", async () => {
  const problem = new TwilioProblem(503, "provider_busy", "Twilio takes no more requests.");
  const { pullBack, asked, pass } = start({ problem });
  const work = pullBack.take(record(1));
  await pass();
  assert.equal(await work, "refused");
  assert.equal(asked.length, 6);
});
