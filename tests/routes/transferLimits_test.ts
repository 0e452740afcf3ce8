import assert from "node:assert/strict";
// First: what the API describes has to be made with its descriptions.
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { createTransferredCalls } from "../../src/services/phone/transferredCalls.ts";
import { twilioCallOptions } from "../../src/services/outbound/dialAttempt.ts";
import { listPrices } from "../../src/services/spending/pricing.ts";
import { noUsage } from "../../src/services/store.ts";
import { openStore } from "../../src/services/store/store.ts";
import { setTimer } from "../../src/utils/clock.ts";
import { agentsOf, get, initiate, initiateDialled, statusOf } from "../support/twilio/dialling.ts";
import { ended, opened } from "../support/store/storedCalls.ts";
import { inboundSid, twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const sales = "+14155550199";
const overrides = {
  agentFiles: agentsOf({
    receptionist: `---\ntitle: Desk\ntransfers: { sales: { number: '${sales}' } }\n---\nHelp.`,
  }),
};
const minute = 60_000;

Deno.test("case 146: calls that went on with a person keep their places until the last leg is over", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_CONCURRENT: "2", TELEPHONY_USD_PER_MINUTE: "0.5" },
    overrides,
    network: { otherNumbers: { answer: "human", afterMs: 0, talkMs: 600_000 } },
  });
  const phones = [];
  const callIds = [];
  for (let n = 0; n < 2; n++) {
    const { callId } = await initiateDialled(server);
    const phone = await server.network.nextCall();
    await phone.next("streamStarted");
    await until(() => server.app.registry.get(callId)?.hasLeg, Boolean);
    const answer = await server.post(`/api/calls/${callId}/actions`, {
      type: "transfer",
      to: "sales",
    });
    assert.equal(answer.status, 202, await answer.text());
    assert.deepEqual((await phone.next("dialed")).targets, [sales]);
    phones.push(phone);
    callIds.push(callId);
  }
  assert.deepEqual(await problemOf(await initiate(server)), [429, "too_many_calls"]);

  phones[0]?.hangUp();
  await phones[0]?.settled;
  const record = await recordWhen(
    server,
    callIds[0] ?? "",
    ({ transferredMs }) => transferredMs !== null,
  );
  assert.equal(record.end.reason, "transferred");
  assert.ok(record.cost.parts.telephony >= 0.5, `${record.cost.parts.telephony}`);
  await until(async () => {
    const answer = await initiate(server);
    await answer.body?.cancel();
    return answer.status;
  }, (status) => status === 200);
});

Deno.test("case 147: who takes a transfer may talk as long as is left for both legs", async () => {
  for (
    const [env, least, most] of [
      [{}, 3600, 3600],
      [{ TRANSFER_MAX_MINUTES: "5" }, 300, 300],
      [{ CALLER_DAILY_MINUTES: "20" }, 500, 600],
      [{ CALLER_DAILY_MINUTES: "1" }, 120, 120],
    ] as const
  ) {
    await using server = await startPhoneServer({ env, overrides });
    await twimlOf(twilioPost(server, "/twilio/voice"));
    server.app.registry.byCallSid(inboundSid)?.input({
      type: "hangUp",
      end: { reason: "model_failed", transferTo: "sales" },
    });
    const twiml = await twimlOf(twilioPost(server, "/twilio/resume"));
    const seconds = Number(/timeLimit="(\d+)"/.exec(twiml)?.[1]);
    assert.ok(seconds >= least && seconds <= most, `${JSON.stringify(env)}: ${twiml}`);
  }
});

Deno.test("case 147: the phone network's own limit leaves room for whom the agent hands over to", () => {
  const job = {
    callId: "c",
    to: "+14155550123",
    from: "+14155550100",
    agent: "desk",
    keyName: "ops",
    attempt: 1,
    requestedAt: 0,
    minutes: 3,
  };
  const limitOf = (transferMs: number) =>
    twilioCallOptions(job, {
      publicUrl: "https://parley.example",
      maxCallMs: 60 * minute,
      transferMs: () => transferMs,
    }).timeLimit;
  assert.equal(limitOf(0), 4 * 60);
  assert.equal(limitOf(60 * minute), 64 * 60);
});

Deno.test("case 146: a transfer of whose end nobody told is asked for at the phone network", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  try {
    const callSid = `CA${"0".repeat(32)}`;
    const account = { scope: "caller", subject: "x" } as const;
    await store.budget.reserve({
      ...{ callId: "call_1", accounts: [{ ...account, limits: {} }], minutes: 9, usd: 1 },
      holdMs: 600 * minute,
    }, 0);
    await store.calls.write([
      opened({ id: "call_1", callSid, startedAt: 0 }),
      { type: "changed", callId: "call_1", changes: { answeredAt: 0 } },
      {
        ...{ type: "handoff", callId: "call_1", sequence: 0 },
        handoff: { atMs: minute, from: "receptionist", to: "desk", usageBefore: noUsage },
      },
      ended("call_1", { end: { reason: "transferred", detail: "sales" }, endedAt: 2 * minute }),
    ]);
    let now = 2 * minute;
    let asked = 0;
    let status: "in-progress" | "completed" = "in-progress";
    const transferredCalls = createTransferredCalls({
      budget: store.budget,
      callBudget: { accountsOf: () => [] },
      callStore: store.calls,
      addressOf: (name, alias) => name === "desk" && alias === "sales" ? sales : undefined,
      twilio: {
        fetch: (sid) => {
          asked++;
          return Promise.resolve({ sid, status, durationSeconds: 720 });
        },
      },
      ...{ prices: listPrices, maxMs: 60 * minute, now: () => now, setTimer, log: { warn() {} } },
    });
    await transferredCalls.reconcile();
    assert.equal(asked, 0, "the word of the end is given time to come");
    now += minute;
    await transferredCalls.reconcile();
    await transferredCalls.reconcile();
    assert.equal(asked, 1);
    assert.equal((await store.budget.used(account, now)).concurrent, 1);
    [status, now] = ["completed", now + 10 * minute];
    await transferredCalls.reconcile();
    const use = await store.budget.used(account, now);
    // Twelve minutes with the caller, of which ten with a second leg.
    assert.deepEqual([use.concurrent, use.minutesToday], [0, 22]);
    const call = await store.calls.get("call_1");
    assert.equal(call?.transferredMs, 10 * minute);
    assert.equal(
      call.cost?.parts.telephony,
      0.44,
      "twelve minutes of two cents, and ten to that number",
    );
    await transferredCalls.reconcile();
    assert.equal(asked, 2);
  } finally {
    await store.close();
  }
});

Deno.test("the transfers of a call do not exceed the minutes of the day, however many there are", async () => {
  for (
    const [dailyMinutes, firstSeconds, secondSeconds] of [
      // Ten minutes less the first, for two legs; then eight less those of the person, who has talked for two.
      [10, 270, 150],
      // Nothing is left: two minutes in all.
      [1, 120, undefined],
    ] as const
  ) {
    const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
    try {
      const account = { scope: "caller", subject: "x", limits: { dailyMinutes } } as const;
      await store.budget.reserve({
        ...{ callId: "call_1", accounts: [account], minutes: 1, usd: 0 },
        holdMs: 600 * minute,
      }, 0);
      await store.calls.write([
        opened({ id: "call_1", startedAt: 0 }),
        { type: "changed", callId: "call_1", changes: { answeredAt: 0 } },
      ]);
      let now = minute;
      const { reserve } = createTransferredCalls({
        budget: store.budget,
        callBudget: { accountsOf: () => [account] },
        callStore: store.calls,
        addressOf: () => sales,
        twilio: { fetch: () => assert.fail("nothing is to be asked") },
        ...{ prices: listPrices, maxMs: 60 * minute, now: () => now, setTimer },
        log: { warn: (message) => assert.fail(message) },
      });
      assert.equal(await reserve("call_1"), firstSeconds);
      const transfer = { type: "transfer", callId: "call_1", number: 1, alias: "sales" } as const;
      await store.calls.write([
        { ...transfer, mode: "cold", step: "requested", by: "agent", at: now },
        { ...transfer, mode: "cold", step: "answered", target: 0, at: now },
        { ...transfer, mode: "cold", step: "ended", spokeMs: 2 * minute, at: now + 2 * minute },
      ]);
      now += 2 * minute;
      assert.equal(await reserve("call_1"), secondSeconds);
    } finally {
      await store.close();
    }
  }
});

interface SeenRecord {
  readonly status: string;
  readonly transferredMs: number | null;
  readonly end: { readonly reason: string };
  readonly cost: { readonly parts: { readonly telephony: number } };
}

function recordWhen(
  server: TestServer,
  callId: string,
  isWanted: (record: SeenRecord) => boolean,
): Promise<SeenRecord> {
  return until(() => get(server, `/api/calls/${callId}`), isWanted);
}

Deno.test("case 132: an impossible duration of a transferred call is not counted, nor one told twice", async () => {
  await using server = await startPhoneServer({
    env: { CALLER_DAILY_MINUTES: "60", API_KEYS: `boss:${apiKey};scopes=admin` },
    overrides,
  });
  await twimlOf(twilioPost(server, "/twilio/voice"));
  const session = server.app.registry.byCallSid(inboundSid);
  session?.input({ type: "hangUp", end: { reason: "model_failed", transferTo: "sales" } });
  const callId = session?.id ?? "";
  await recordWhen(server, callId, ({ status }) => status === "ended");
  assert.match(await twimlOf(twilioPost(server, "/twilio/resume")), /<Dial /);
  const tell = (CallDuration: string) =>
    statusOf(twilioPost(server, "/twilio/status", { CallStatus: "completed", CallDuration }));
  for (const odd of ["abc", "-1", "999999999", "1e3", ""]) assert.equal(await tell(odd), 204);
  const { transferredMs } = await get(server, `/api/calls/${callId}`);
  assert.equal(transferredMs, null);
  assert.equal(await tell("999999"), 204);
  const told = await recordWhen(server, callId, (record) => record.transferredMs !== null);
  assert.ok((told.transferredMs ?? 0) < 10 * minute, `${told.transferredMs}`);
  assert.equal(await tell("1"), 204);
  // The caller's day is not used up by it.
  const other = `CA${"8".repeat(32)}`;
  const again = await twimlOf(twilioPost(server, "/twilio/voice", { CallSid: other }));
  assert.match(again, /<Connect>/);
  assert.equal((await get(server, `/api/calls/${callId}`)).transferredMs, told.transferredMs);
});
