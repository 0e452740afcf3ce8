import assert from "node:assert/strict";
import { type CallRecord, noUsage } from "../../../src/services/store.ts";
import type { CallSession } from "../../../src/call/sessionApi.ts";
import { type MediaSocket, TwilioLeg } from "../../../src/handlers/twilioLeg.ts";
import { createPhoneCalls } from "../../../src/services/phone/phoneCalls.ts";
import { StreamTokens } from "../../../src/services/phone/streamAdmission.ts";
import {
  type CallStatus,
  fallbackMessageOf,
  writeHangUp,
} from "../../../src/services/twilioOutbound.ts";
import { callSid } from "../../support/servers/mediaServer.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

function desk(
  session: RecordingSession,
  { elsewhere = false, orphan, carrier = {} }: {
    readonly elsewhere?: boolean;
    /** What Twilio says of the caller when it is asked. */
    readonly carrier?: {
      readonly status?: CallStatus;
      readonly isDialling?: boolean;
      readonly isAccompanied?: boolean;
    };
    /** A call whose process is gone. */
    readonly orphan?: CallRecord;
  } = {},
) {
  const released: CallSession[] = [];
  const timers: (() => void)[] = [];
  const redirects: unknown[] = [];
  let live = false;
  let nowMs = 0;
  const calls = createPhoneCalls({
    redactions: { text: (_session, text) => text },
    registry: {
      refusal: undefined,
      leaving: false,
      open(request) {
        live = true;
        session.callSid = request.callSid;
        return session;
      },
      byCallSid: (sid) => live && session.callSid === sid ? session : undefined,
      endOf: () => undefined,
      get: () => undefined,
      list: () => live ? [session] : [],
    },
    tokens: new StreamTokens(() => crypto.randomUUID()),
    outbound: { sessionFor: () => undefined },
    confirmation: { expect() {} },
    sharedCalls: {
      publishToken() {},
      withdrawToken() {},
      claim: () => Promise.resolve(false),
      find: () => Promise.resolve(orphan),
      findSettled: () => Promise.resolve(orphan),
    },
    processHandover: {
      isHeldElsewhere: () => Promise.resolve(elsewhere),
      isTakenOver: () => Promise.resolve(elsewhere),
      recordTakenOver: () => Promise.resolve(),
      written: () => Promise.resolve(),
      releaseSession: (session) => void released.push(session),
    },
    resumedCalls: {
      read: () => Promise.resolve(undefined),
      open() {
        throw new Error("Cannot resume: no call is stored");
      },
    },
    agents: { get: () => undefined, ofCall: () => undefined, unusable: new Map() },
    defaultAgent: "desk",
    routing: {
      route: () =>
        Promise.resolve({
          agent: "desk",
          choice: { agent: "desk", because: "default", closed: [] },
          told: {},
        }),
    },
    recorder: { openCall() {}, updateCall() {}, endCall() {}, flush: () => Promise.resolve() },
    completion: { enqueue() {} },
    messages: { countFrom: () => Promise.resolve(0) },
    messageBox: { take: () => Promise.resolve(true) },
    wallClock: () => 0,
    callBudget: {
      admit: () => Promise.resolve(undefined),
      release: () => Promise.resolve(),
    },
    transfers: {
      decide: () => Promise.reject(new Error("Cannot transfer: there is nobody")),
      take: () => Promise.resolve([]),
    },
    transferredCalls: { reserve: () => Promise.resolve(60) },
    publicUrl: "https://phone.example",
    ownNumber: "+14155550100",
    conferences: {
      isIn: () => Promise.resolve(false),
      isAccompanied: () => Promise.resolve(carrier.isAccompanied === true),
      endsWith: () => Promise.resolve(),
      application: () => Promise.reject(new Error("Cannot call the agent: there is none")),
      addApplication: () => Promise.reject(new Error("Cannot call the agent: there is none")),
    },
    twilio: {
      create: () => Promise.reject(new Error("Cannot call: there is nobody")),
      update: (sid, change) => {
        redirects.push([sid, change]);
        return Promise.resolve({ sid, status: "in-progress" });
      },
      fetch: (sid) => Promise.resolve({ sid, status: carrier.status ?? "in-progress" }),
      end: () => Promise.resolve(),
      isDialling: () => Promise.resolve(carrier.isDialling === true),
    },
    callStore: { transferUnderWay: () => Promise.resolve(1), write: () => Promise.resolve() },
    instances: { claimCall: () => Promise.resolve(true) },
    instanceId: "inst_here",
    log: { info() {}, warn() {} },
    now: () => nowMs,
    setTimer: (wake) => {
      timers.push(wake);
      return () => void timers.splice(timers.indexOf(wake), 1);
    },
  });
  const arrive = () => calls.arrive({ callSid, agent: "desk" });
  /** Transfers are looked after every ten seconds for so long. */
  async function pass(seconds: number): Promise<void> {
    for (let at = 0; at < seconds; at += 10) {
      nowMs += 10_000;
      await calls.transfers.reconcile();
    }
  }
  return { calls, timers, redirects, arrive, released, pass };
}

Deno.test("case 57: a call answered whose stream never comes is ended with an apology", async () => {
  const session = new RecordingSession();
  const { timers, redirects, arrive } = desk(session);
  assert.equal((await arrive()).do, "connect");
  assert.equal(timers.length, 1);
  timers[0]?.();
  await settled();
  assert.deepEqual(session.inputs.at(-1), {
    type: "hangUp",
    end: { reason: "leg_failed", detail: "stream_never_came" },
  });
  session.end({ reason: "leg_failed", detail: "stream_never_came" });
  await settled();
  assert.deepEqual(redirects, [[callSid, { twiml: writeHangUp(fallbackMessageOf()) }]]);
});

Deno.test("a call whose stream came to another process is let go of, and goes on there", async () => {
  const session = new RecordingSession();
  const { timers, redirects, arrive, released } = desk(session, { elsewhere: true });
  await arrive();
  timers[0]?.();
  await settled();
  assert.deepEqual(released, [session]);
  assert.deepEqual(redirects, []);
});

Deno.test("a stream that breaks is not replaced where another process has taken the call", async () => {
  const session = new RecordingSession();
  const { calls, redirects, arrive, released } = desk(session, { elsewhere: true });
  await arrive();
  calls.replaceStream(session);
  await settled();
  assert.deepEqual(released, [session]);
  assert.deepEqual(redirects, []);
});

for (
  const [where, carrier] of [["rings", { isDialling: true }], ["talks", {
    isAccompanied: true,
  }]] as const
) {
  Deno.test(`a transfer whose person ${where} goes on, however long nothing is heard of it`, async () => {
    const session = new RecordingSession();
    const { arrive, redirects, pass } = desk(session, { carrier });
    await arrive();
    session.isAway = true;
    const inputs = session.inputs.length;
    await pass(600);
    assert.deepEqual([redirects, session.inputs.length], [[], inputs]);
  });
}

Deno.test("a transfer whose end got lost brings the caller back to the agent", async () => {
  const session = new RecordingSession();
  const { arrive, redirects, pass } = desk(session);
  await arrive();
  session.isAway = true;
  await pass(40);
  assert.deepEqual(redirects, [], "it may be between the end and its question");
  await pass(30);
  await settled();
  assert.match(JSON.stringify(redirects), /<Connect><Stream/);
});

Deno.test("a transfer in which the caller has hung up unheard ends the call", async () => {
  const session = new RecordingSession();
  const { arrive, pass } = desk(session, { carrier: { status: "completed" } });
  await arrive();
  session.isAway = true;
  await pass(40);
  assert.deepEqual(session.inputs.at(-1), { type: "hangUp", end: { reason: "caller_hung_up" } });
});

Deno.test("claim() stops the wait for the stream, and works once", async () => {
  const session = new RecordingSession();
  const { calls, timers, arrive } = desk(session);
  const answer = await arrive();
  assert.ok(answer.do === "connect");
  const foreign = calls.claim({ token: answer.token, callSid: `CA${"9".repeat(32)}` });
  assert.equal(await foreign, undefined);
  assert.equal(calls.claim({ token: answer.token, callSid }), session, "at once");
  assert.equal(await calls.claim({ token: answer.token, callSid }), undefined);
  assert.equal(timers.length, 0);
});

Deno.test("a stream that keeps breaking is given up after a while", async () => {
  const session = new RecordingSession();
  const { calls, timers, arrive } = desk(session);
  await arrive();
  let streams = 1;
  while ((await calls.resume(callSid)).do === "connect" && streams < 100) streams++;
  assert.equal(streams, 20);
  assert.equal(timers.length, 1, "one wait at a time");
  assert.deepEqual(session.inputs.at(-1), {
    type: "hangUp",
    end: { reason: "leg_failed", detail: "stream_refused" },
  });
});

Deno.test("case 118: a call whose stream is there is not given up because no second one comes", async () => {
  const session = new RecordingSession();
  const { calls, timers, redirects, arrive } = desk(session);
  const answer = await arrive();
  assert.ok(answer.do === "connect");
  assert.equal(calls.claim({ token: answer.token, callSid }), session);
  session.join(new TwilioLeg(new SilentSocket(), "MZ1", { onReplaced() {}, onEnd() {} }));
  assert.equal((await calls.resume(callSid)).do, "connect");
  timers[0]?.();
  await settled();
  assert.deepEqual(redirects, []);
  assert.equal(session.inputs.some(({ type }) => type === "hangUp"), false);
});

Deno.test("Twilio's question and the pull-back of one call cross: both open the same stream", async () => {
  const orphan: CallRecord = {
    id: "call_1",
    direction: "inbound",
    agent: "desk",
    callSid,
    status: "live",
    startedAt: 0,
    usage: noUsage,
    instanceId: "inst_gone",
  };
  const session = new RecordingSession();
  session.callSid = callSid;
  const { calls, redirects } = desk(session, { orphan });
  const pulled = calls.pullBack(orphan);
  assert.equal(calls.isAway(session), true, "a stream that stops now is stopped for another one");
  const answer = await calls.resume(callSid);
  assert.equal(await pulled, "opened");
  assert.ok(answer.do === "connect");
  assert.match(JSON.stringify(redirects), new RegExp(`value=[^>]*${answer.token}`));
  assert.equal(calls.isAway(session), false);
});

Deno.test("an outbound call's webhook finds nothing where the call was given up", () => {
  const { calls } = desk(new RecordingSession());
  const answer = calls.arrive({ callSid, callId: "call_gone", agent: "desk" });
  assert.deepEqual(answer, { do: "hangUp" });
});

class SilentSocket implements MediaSocket {
  readonly readyState = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  send(): void {}
}
