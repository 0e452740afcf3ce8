import assert from "node:assert/strict";
import type { CallSession } from "../../../src/call/sessionApi.ts";
import type { CallEnd } from "../../../src/call/types.ts";
import type { OutboundJob } from "../../../src/services/outbound/outboundJob.ts";
import { readAmdResult } from "../../../src/services/outbound/amd/amdResult.ts";
import { createActiveCalls } from "../../../src/services/outbound/activeCalls.ts";
import type { TwilioCall } from "../../../src/services/twilioOutbound/twilioCall.ts";
import type { CallChanges, CallOutcome } from "../../../src/services/store/calls/callRecord.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

const sid = `CA${"1".repeat(32)}`;
const job: OutboundJob = {
  callId: "call_test",
  to: "+14155550123",
  from: "+14155550100",
  agent: "desk",
  keyName: "ops",
  attempt: 1,
  requestedAt: 0,
};

const connected = { type: "connected", format: "pcmu" } as const;

function desk({ elsewhere = false }: { readonly elsewhere?: boolean } = {}) {
  const timers: (() => void)[] = [];
  const sessions: RecordingSession[] = [];
  const changes: CallChanges[] = [];
  const ends: (readonly [CallEnd, CallOutcome])[] = [];
  const released: CallSession[] = [];
  const twilio = { state: "queued", ends: [] as unknown[], fetched: 0 };
  const activeCalls = createActiveCalls({
    screening: () => undefined,
    findsOut: () => undefined,
    now: () => 0,
    maxCalls: 10,
    registry: {
      refusal: undefined,
      size: 0,
      open() {
        const session = new RecordingSession();
        sessions.push(session);
        return session;
      },
    },
    twilio: {
      end(sid, options) {
        twilio.ends.push([sid, options]);
        return Promise.resolve();
      },
      fetch() {
        twilio.fetched++;
        return Promise.resolve<TwilioCall>({ sid, status: twilio.state as "queued" });
      },
    },
    callRecords: {
      update: (_callId, change) => void changes.push(change),
      end: (_job, end, outcome) => void ends.push([end, outcome]),
    },
    processHandover: {
      isHeldElsewhere: () => Promise.resolve(elsewhere),
      releaseSession: (session) => void released.push(session),
    },
    resumedCalls: {
      open() {
        throw new Error("Cannot resume: no call is stored");
      },
    },
    voicemail: () => undefined,
    setTimer: (wake) => {
      timers.push(wake);
      return () => {
        if (timers.includes(wake)) timers.splice(timers.indexOf(wake), 1);
      };
    },
    log: { warn() {} },
  });
  const call = activeCalls.register(job);
  return { activeCalls, call, timers, sessions, changes, ends, released, twilio };
}

Deno.test("case 56: a call cancelled without any callback is found out by asking", async () => {
  const { activeCalls, call, timers, ends, twilio } = desk();
  activeCalls.bindSid(call, sid);
  timers[0]?.();
  await settled();
  assert.equal(call.progress.status, "queued");
  assert.equal(timers.length, 1, "asks again later");
  twilio.state = "canceled";
  timers[0]?.();
  await settled();
  assert.equal(call.progress.status, "canceled");
  assert.deepEqual(ends, [[{ reason: "not_answered", detail: "canceled" }, "cancelled"]]);
  assert.equal(twilio.fetched, 2);
});

Deno.test("case 56: a call that is talked with is not asked after", () => {
  const { activeCalls, call, timers } = desk();
  activeCalls.bindSid(call, sid);
  activeCalls.applyProgress(call, { status: "ringing" });
  activeCalls.handleEvent(job.callId, connected);
  assert.equal(timers.length, 0);
});

Deno.test("case 56: final states stay, whatever is told afterwards", () => {
  const { activeCalls, call, ends } = desk();
  activeCalls.bindSid(call, sid);
  for (const status of ["busy", "ringing", "completed", "busy", "failed"] as const) {
    activeCalls.applyProgress(call, { status });
  }
  assert.equal(call.progress.status, "busy");
  assert.equal(ends.length, 1);
});

Deno.test("a call that another process has taken over is let go of, and not cancelled", async () => {
  const { activeCalls, call, timers, sessions, released, twilio, ends } = desk({
    elsewhere: true,
  });
  activeCalls.bindSid(call, sid);
  activeCalls.applyProgress(call, { status: "ringing" });
  twilio.state = "in-progress";
  timers[0]?.();
  await settled();
  assert.deepEqual(released, sessions);
  assert.equal(activeCalls.get(call.job.callId), undefined);
  assert.deepEqual([twilio.ends, ends], [[], []]);
});

Deno.test("case 58: the voicemail text waits until there is a conversation to say it in", () => {
  const { activeCalls, call, sessions } = desk();
  activeCalls.bindSid(call, sid);
  activeCalls.applyProgress(call, { status: "ringing" });
  const result = readAmdResult("machine_end_beep", "Please call back.");
  assert.ok(result !== undefined);
  call.detection.apply(result);
  activeCalls.handleEvent(job.callId, { type: "modelReady", afterMs: 1, again: false });
  assert.deepEqual(sessions[0]?.inputs, []);
  activeCalls.handleEvent(job.callId, connected);
  activeCalls.handleEvent(job.callId, connected);
  assert.deepEqual(sessions[0]?.inputs, [{
    type: "machineAnswered",
    end: { reason: "voicemail" },
    message: "Please call back.",
  }]);
});

Deno.test("case 58: readAmdResult() tells machines, faxes and humans apart, and takes no other word", () => {
  assert.deepEqual(readAmdResult("human", undefined), {
    answeredBy: "human",
    outcome: "human",
    word: "human",
  });
  assert.deepEqual(readAmdResult("unknown", "Text."), {
    answeredBy: "unknown",
    word: "unknown",
  });
  assert.deepEqual(readAmdResult("machine_start", "Text."), {
    answeredBy: "machine",
    word: "machine_start",
  });
  assert.equal(readAmdResult("machine_start", undefined)?.outcome, "machine");
  assert.equal(readAmdResult("machine_end_other", "Text.")?.voicemail, "Text.");
  assert.equal(readAmdResult("fax", "Text.")?.outcome, "failed");
  const faxEnd = { reason: "agent_hung_up", detail: "fax" };
  assert.deepEqual(readAmdResult("fax", "Text.")?.input, { type: "hangUp", end: faxEnd });
  for (const word of ["", "machine", "<script>", "Human"]) {
    assert.equal(readAmdResult(word, "Text."), undefined);
  }
});

Deno.test("a call hung up before it had an id is ended as soon as it has one", async () => {
  const { activeCalls, call, twilio } = desk();
  call.hangingUp = true;
  activeCalls.bindSid(call, sid);
  await settled();
  assert.deepEqual(twilio.ends, [[sid, { unanswered: true }]]);
  assert.equal(call.progress.status, "canceled");
});

Deno.test("a call that another process has taken is not cancelled, though it was not seen to be answered", async () => {
  const { activeCalls, call, sessions, twilio } = desk();
  activeCalls.bindSid(call, sid);
  activeCalls.applyProgress(call, { status: "ringing" });
  sessions[0]?.end({ reason: "handed_over", detail: "joined_elsewhere" });
  await settled();
  assert.deepEqual(twilio.ends, []);
  assert.equal(activeCalls.get(job.callId), undefined);
});
