import assert from "node:assert/strict";
import type { CallRequest, CallSession } from "../../src/call/types.ts";
import { createOutboundCalls, type OutboundRequest } from "../../src/services/outboundCalls.ts";
import {
  type PhoneCall,
  type TwilioCalls,
  TwilioProblem,
} from "../../src/services/twilioOutbound.ts";
import { RecordingSession } from "../support/mediaServer.ts";

const sid = `CA${"1".repeat(32)}`;
const request: OutboundRequest = { to: "+14155550123", agent: "desk", keyName: "ops" };

/** Twilio, doing what each test tells it to. */
class ScriptedTwilio implements TwilioCalls {
  readonly updates: unknown[] = [];
  fetched = 0;
  creating: Promise<PhoneCall> = Promise.resolve({ sid, status: "queued" });
  state: PhoneCall = { sid, status: "queued" };
  create = () => this.creating;
  update = (_sid: string, change: unknown) => {
    this.updates.push(change);
    return Promise.resolve(this.state);
  };
  fetch = () => {
    this.fetched++;
    return Promise.resolve(this.state);
  };
}

function desk(twilio: TwilioCalls, options: { readonly maxRecords?: number } = {}) {
  const sessions: RecordingSession[] = [];
  const timers: (() => void)[] = [];
  const requests: CallRequest[] = [];
  const outbound = createOutboundCalls({
    registry: {
      open(request): CallSession {
        requests.push(request);
        const session = new RecordingSession();
        sessions.push(session);
        return session;
      },
    },
    calls: twilio,
    publicUrl: "https://parley.example",
    ownNumber: "+14155550100",
    maxCallMs: 60_000,
    maxConcurrent: 1000,
    voicemail: () => "Please call back.",
    log: { info() {}, warn() {} },
    wallClock: () => new Date(0),
    setTimer: (wake) => {
      timers.push(wake);
      return () => void timers.splice(timers.indexOf(wake), 1);
    },
    ...options,
  });
  return { outbound, sessions, timers, requests };
}

Deno.test("place() opens the call before dialling, and ends it when the outcome is unknown", async () => {
  const twilio = new ScriptedTwilio();
  const problem = new TwilioProblem(504, "outcome_unknown", "Unknown.");
  twilio.creating = Promise.reject(problem);
  const { outbound, sessions, requests } = desk(twilio);
  await assert.rejects(outbound.place({ ...request, context: "shoes" }), problem);
  assert.deepEqual(requests[0], {
    direction: "outbound",
    agent: "desk",
    caller: "+14155550123",
    called: "+14155550100",
    keyName: "ops",
    context: "shoes",
  });
  assert.deepEqual(sessions[0]?.inputs, [
    { type: "hangUp", end: { reason: "not_answered", detail: "outcome_unknown" } },
  ]);
  assert.equal(outbound.size, 0);
});

Deno.test("case 56: a callback that outruns the answer to our own request counts", async () => {
  const twilio = new ScriptedTwilio();
  const answer = Promise.withResolvers<PhoneCall>();
  twilio.creating = answer.promise;
  const { outbound, sessions, timers } = desk(twilio);
  const placing = outbound.place(request);
  outbound.status(sid, { status: "failed", sipCode: "404" }, "call_test");
  answer.resolve({ sid, status: "queued" });
  await placing;
  assert.equal(outbound.state(sid, "ops")?.status, "failed");
  assert.deepEqual(sessions[0]?.inputs, [
    { type: "hangUp", end: { reason: "not_answered", detail: "failed" } },
  ]);
  assert.equal(timers.length, 0);
});

Deno.test("case 56: a call cancelled without any callback is found out by asking", async () => {
  const twilio = new ScriptedTwilio();
  const { outbound, sessions, timers } = desk(twilio);
  await outbound.place(request);
  timers.shift()?.();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(outbound.state(sid, "ops")?.status, "queued");
  assert.equal(timers.length, 1, "asks again later");
  twilio.state = { sid, status: "canceled" };
  timers.shift()?.();
  await sessions[0]?.until(() => sessions[0]?.inputs.length === 1);
  assert.equal(outbound.state(sid, "ops")?.status, "canceled");
  assert.equal(twilio.fetched, 2);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(timers.length, 0);
});

Deno.test("case 58: answering machines, faxes and humans are told apart, once", async () => {
  const { outbound, sessions } = desk(new ScriptedTwilio());
  await outbound.place(request);
  const [session] = sessions;
  outbound.answeredBy("CA-unknown", "machine_end_beep");
  outbound.answeredBy(sid, "human");
  outbound.answeredBy(sid, "unknown");
  outbound.answeredBy(sid, "machine_start");
  outbound.answeredBy(sid, "<script>");
  assert.deepEqual(session?.inputs, []);
  outbound.answeredBy(sid, "machine_end_beep");
  outbound.answeredBy(sid, "fax");
  assert.deepEqual(session?.inputs, [
    {
      type: "endAsked",
      end: { reason: "voicemail" },
      interrupts: true,
      goodbye: "Please call back.",
    },
    { type: "hangUp", end: { reason: "voicemail", detail: "fax" } },
  ]);
  assert.equal(outbound.state(sid, "ops")?.answeredBy, "fax");
});

Deno.test("records are bounded: those of ended calls go first", async () => {
  const twilio = new ScriptedTwilio();
  const { outbound } = desk(twilio, { maxRecords: 3 });
  for (let call = 0; call < 10; call++) {
    const each = `CA${String(call).padStart(32, "0")}`;
    twilio.creating = Promise.resolve({ sid: each, status: "queued" });
    await outbound.place(request);
    if (call > 0) outbound.status(each, { status: "completed" });
  }
  assert.equal(outbound.size, 3);
  assert.equal(outbound.state(`CA${"0".repeat(32)}`, "ops")?.status, "queued");
});
