import assert from "node:assert/strict";
import {
  agentsOf,
  callee,
  callUntil,
  get,
  initiate,
  ringing,
  statusOf,
} from "../support/twilio/dialling.ts";
import { account, startPhoneServer } from "../support/servers/phoneServer.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const desk = "---\ntitle: Desk\ngreeting: Hello there.\n";
const leaving = { receptionist: `${desk}voicemail: Please call us back.\n---\nHelp.` };
const hangingUp = { receptionist: `${desk}voicemail: hangup\n---\nHelp.` };

function startWith(
  texts: Readonly<Record<string, string>>,
  plan: { readonly answer: "human" | "machine" | "fax"; readonly detectMs: number },
) {
  return startPhoneServer({
    overrides: { agentFiles: agentsOf(texts), engine: { voice: "tone", speed: 20 } },
    network: { numbers: { [callee]: { afterMs: 10, ...plan } } },
  });
}

const outcomes = {
  busy: ["busy", "busy"],
  "no-answer": ["no-answer", "no_answer"],
  failed: ["failed", "failed"],
} as const;

for (const [answer, [status, outcome]] of Object.entries(outcomes)) {
  for (const order of ["inOrder", "shuffled"] as const) {
    Deno.test(`case 56: ${answer}, told ${order} and twice, is told once`, async () => {
      await using server = await startPhoneServer({
        network: {
          numbers: { [callee]: { answer: answer as "busy" } },
          callbacks: { order, duplicateRate: 1, lateMs: 500 },
          speed: 50,
        },
      });
      const { callId } = await (await initiate(server)).json();
      const call = await server.network.nextCall();
      await call.settled;
      const state = await callUntil(server, callId, (call) => call.outcome !== undefined);
      assert.deepEqual([state.status, state.outcome], [status, outcome]);
      const record = await get(server, `/api/calls/${callId}`);
      assert.equal(record.status, "ended");
      assert.equal(record.end.reason, "not_answered");
      assert.equal(record.answeredAt, null);
      assert.equal(server.app.registry.size, 0);
    });
  }
}

Deno.test("case 56: nothing moves a final state, and callbacks of unknown calls change nothing", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [callee]: { answer: "busy" } }, speed: 50 },
  });
  const { callId, callSid } = await (await initiate(server)).json();
  await (await server.network.nextCall()).settled;
  await callUntil(server, callId, ({ outcome }) => outcome === "busy");
  const report = (CallStatus: string, sid = callSid, call = callId) =>
    statusOf(callBack(server, `/twilio/status?call=${call}`, {
      CallSid: sid,
      CallStatus,
      From: account.number,
      To: callee,
    }));
  for (const status of ["ringing", "in-progress", "completed", "no-answer", "nonsense"]) {
    assert.equal(await report(status), 204);
  }
  assert.equal(await report("completed", `CA${"9".repeat(32)}`, "call_unknown"), 204);
  const { status, end } = await get(server, `/api/calls/${callId}`);
  assert.deepEqual([status, end.detail], ["ended", "busy"]);
});

Deno.test("case 58: a human goes straight into the conversation, whatever detection says later", async () => {
  await using server = await startWith(leaving, { answer: "human", detectMs: 500 });
  const { callId } = await (await initiate(server, { to: callee, machineDetection: true })).json();
  const call = await server.network.nextCall();
  await call.next("media");
  await callUntil(server, callId, ({ answeredBy }) => answeredBy === "human");
  assert.equal(server.app.registry.get(callId)?.id, callId);
  await hangUp(call);
  await callUntil(server, callId, ({ outcome }) => outcome === "human");
});

for (const [when, detectMs] of [["before", 1], ["after", 1500]] as const) {
  Deno.test(`case 58: a machine's verdict ${when} the stream gets the voicemail text left`, async () => {
    await using server = await startWith(leaving, { answer: "machine", detectMs });
    const body = { to: callee, machineDetection: true };
    const { callId } = await (await initiate(server, body)).json();
    const call = await server.network.nextCall();
    await call.settled;
    const state = await callUntil(server, callId, ({ outcome }) => outcome !== undefined);
    assert.deepEqual([state.outcome, state.answeredBy], ["voicemail", "machine"]);
    const { end, turns } = await get(server, `/api/calls/${callId}`);
    assert.equal(end.reason, "voicemail");
    assert.match(turns.at(-1).text, /Please call us back/);
  });
}

Deno.test("case 58: a machine is hung up on where the agent leaves nothing, a fax always", async () => {
  for (
    const [answer, outcome, answeredBy] of [
      ["machine", "machine", "machine"],
      ["fax", "failed", "fax"],
    ] as const
  ) {
    await using server = await startWith(hangingUp, { answer, detectMs: 300 });
    const body = { to: callee, machineDetection: true };
    const { callId } = await (await initiate(server, body)).json();
    await (await server.network.nextCall()).settled;
    const state = await callUntil(server, callId, ({ outcome }) => outcome !== undefined);
    assert.deepEqual([state.outcome, state.answeredBy], [outcome, answeredBy]);
  }
});

Deno.test("case 58: a verdict after the call's end is noted and changes nothing else", async () => {
  await using server = await startWith(leaving, { answer: "human", detectMs: 600_000 });
  const body = { to: callee, machineDetection: false };
  const { callId, callSid } = await (await initiate(server, body)).json();
  const call = await server.network.nextCall();
  await call.next("media");
  await hangUp(call);
  await callUntil(server, callId, ({ outcome }) => outcome === "answered");
  for (const AnsweredBy of ["machine_end_beep", "<script>"]) {
    const path = `/twilio/amd?call=${callId}`;
    assert.equal(await statusOf(callBack(server, path, { CallSid: callSid, AnsweredBy })), 204);
  }
  const state = await callUntil(server, callId, ({ answeredBy }) => answeredBy !== undefined);
  assert.deepEqual([state.outcome, state.answeredBy], ["answered", "machine"]);
});

Deno.test("a machine that hangs up before the message was left got none", async () => {
  const slow = {
    receptionist: `${desk}voicemail: ${"Please call us back. ".repeat(20)}\n---\nHelp.`,
  };
  await using server = await startWith(slow, { answer: "machine", detectMs: 300 });
  const body = { to: callee, machineDetection: true };
  const { callId } = await (await initiate(server, body)).json();
  const call = await server.network.nextCall();
  await callUntil(server, callId, ({ answeredBy }) => answeredBy === "machine");
  await hangUp(call);
  const { outcome } = await callUntil(server, callId, (call) => call.outcome !== undefined);
  assert.equal(outcome, "machine");
});

Deno.test("a call that comes to nothing is tried again by the rule of its request", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [callee]: { answer: "busy" } }, speed: 50 },
  });
  const retry = { on: ["busy"], times: 1, afterMinutes: 30 };
  const { callId } = await (await initiate(server, { to: callee, retry })).json();
  const { retriedBy } = await callUntil(server, callId, (call) => call.retriedBy !== undefined);
  assert.equal(retriedBy, `${callId}r1`);
  const next = await get(server, `/api/outbound/${retriedBy}`);
  assert.deepEqual([next.status, next.position, next.to], ["queued", 1, callee]);
  assert.equal(server.network.calls.length, 1, "not before its time");

  const other = { ...retry, on: ["no_answer"] };
  const once = await (await initiate(server, { to: callee, retry: other })).json();
  await callUntil(server, once.callId, ({ outcome }) => outcome === "busy");
  assert.equal((await get(server, `/api/outbound/${once.callId}`)).retriedBy, undefined);
});

Deno.test("the session is opened when the phone rings, not while the call waits to be dialled", async () => {
  await using server = await startPhoneServer({
    ...ringing,
    callsPerSecond: 1,
  });
  await statusOf(initiate(server));
  const { callId } = await (await initiate(server)).json();
  await server.network.nextCall();
  assert.equal(server.app.registry.get(callId), undefined);
  await callUntil(server, callId, ({ status }) => status === "ringing");
  assert.equal(server.app.registry.get(callId)?.request.caller, callee);
});
