import assert from "node:assert/strict";
import { RESUME_PURPOSE } from "../../../src/services/store.ts";
import { openStore } from "../../../src/services/store/store.ts";
import {
  callee,
  callUntil,
  endedRecord,
  get,
  initiate,
  startBeside,
  temporaryDatabase,
} from "../../support/twilio/dialling.ts";
import { apiKey, startPhoneServer } from "../../support/servers/phoneServer.ts";
import { claiming, openAlone } from "../../support/store/abandonedRecords.ts";
import { opened, said } from "../../support/store/storedCalls.ts";
import { until } from "../../support/until.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";

Deno.test("calls that a crash left open are ended at the next start, and what was said is there", async () => {
  await using database = await temporaryDatabase();
  const store = await openStore(
    { kind: "sqlite", path: database.url.slice("sqlite:".length) },
    { now: Date.now },
  );
  const startedAt = Date.now() - 60_000;
  const savings = { inputText: 0, inputAudio: 1000, cachedText: 0, cachedAudio: 0 };
  await store.calls.write([
    opened({ id: "call_web", keyName: "ops", direction: "web", status: "live", startedAt }),
    said("call_web", { id: "t1", text: "Until then.", final: true }),
    { type: "changed", callId: "call_web", changes: { savings, model: "gpt-realtime-2.1" } },
    opened({
      id: "call_phone",
      keyName: "ops",
      direction: "inbound",
      status: "live",
      startedAt,
      callSid: `CA${"5".repeat(32)}`,
    }),
  ]);
  await store.close();

  await using server = await startPhoneServer({ env: { DATABASE_URL: database.url } });
  for (const id of ["call_web", "call_phone"]) {
    const call = await endedRecord(server, id, apiKey);
    assert.deepEqual(call.end, { reason: "server_stopped", detail: "crashed" });
  }
  const { turns, savings: saved } = await get(server, "/api/calls/call_web");
  // 1,000 tokens of sound for $32 a million.
  assert.deepEqual(saved, { ...savings, usd: 0.032 });
  assert.deepEqual(turns.map(({ text }: { text: string }) => text), ["Until then."]);
});

Deno.test("a browser's call that no process has is hung up and erased when asked to, not only when its browser stays away", async () => {
  await using database = await temporaryDatabase();
  const path = database.url.slice("sqlite:".length);
  const store = await openStore({ kind: "sqlite", path }, { now: Date.now });
  for (const id of ["call_1", "call_2"]) {
    const untilMs = Date.now() + 60 * minute;
    await store.calls.write([opened({ id, keyName: "ops", direction: "web", status: "live" })]);
    await store.tokens.issue(id, { purpose: RESUME_PURPOSE, subject: id, untilMs });
  }
  await store.close();

  await using server = await startPhoneServer({
    env: { DATABASE_URL: database.url, API_KEYS: `ops:${apiKey};scopes=admin` },
  });
  const hungUp = await server.post("/api/calls/call_1/actions", { type: "hangup" });
  assert.equal(hungUp.status, 202, await hungUp.text());
  assert.deepEqual((await get(server, "/api/calls/call_1")).end?.reason, "operator_hung_up");
  const erased = await server.request("/api/calls/call_2?end=true", {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  assert.equal((await erased.json()).pending, 1);
  await until(() => get(server, "/api/calls/call_2"), ({ code }) => code === "unknown_call");
});

Deno.test("Twilio's status decides how an abandoned call ended", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({
    env,
    network: {
      numbers: { [callee]: { answer: "busy" } },
      callbacks: { dropRate: 1 },
      speed: 50,
    },
  });
  const { callId } = await (await initiate(server)).json();
  await (await server.network.nextCall()).settled;
  await server.app.close();
  await using next = await startBeside(server, env);
  const call = await callUntil(next, callId, ({ outcome }) => outcome !== undefined);
  assert.deepEqual([call.status, call.outcome], ["busy", "busy"]);
});

Deno.test("a call of another process that still lives is left alone", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({ env });
  const { callId } = await (await initiate(server)).json();
  const call = await server.network.nextCall();
  await call.next("media");
  await using next = await startBeside(server, env);
  await callUntil(next, callId, ({ status }) => status === "in-progress");
  await next.app.close();
  assert.equal(server.app.registry.get(callId)?.callSid, call.sid);
  await hangUp(call);
});

const minute = 60_000;

Deno.test("case 151: a call that is held here is not ended, though this process is not seen to beat", async () => {
  await using records = await openAlone([
    opened({ id: "call_held", instanceId: "here", direction: "web" }),
    opened({ id: "call_gone", instanceId: "gone", direction: "web" }),
  ], { here: ["call_held"] });
  await records.look();
  assert.deepEqual(records.announced, ["call_gone"]);
  assert.equal((await records.store.calls.get("call_held"))?.status, "live");
});

Deno.test("a browser's call that this process has claimed and could not open is ended", async () => {
  const mine = { instanceId: "here", direction: "web", status: "live" } as const;
  await using records = await openAlone(
    ["call_held", "call_ending", "call_lost"].map((id) => opened({ id, ...mine })),
    { here: ["call_held"], unwritten: ["call_ending"] },
  );
  await records.look();
  assert.deepEqual(records.announced, ["call_lost"]);
  assert.equal((await records.store.calls.get("call_lost"))?.end?.detail, "crashed");
});

Deno.test("a call that Twilio has no more is ended as it is pulled back, once", async () => {
  await using records = await openAlone([
    opened({
      id: "call_over",
      instanceId: "gone",
      direction: "inbound",
      status: "live",
      callSid: `CA${"5".repeat(32)}`,
    }),
  ], {
    async pullBack({ store }, { id, instanceId }) {
      assert.ok(await store.instances.claimCall(id, { from: instanceId, to: "here" }));
      return "over";
    },
  });
  await records.look();
  await records.ended.when((all) => all.length > 0);
  const { status, end, endedAt } = await records.store.calls.get("call_over") ?? {};
  assert.deepEqual([status, end?.detail], ["ended", "crashed"]);
  records.pass(60_000);
  await records.look();
  assert.deepEqual(records.announced, ["call_over"]);
  assert.equal((await records.store.calls.get("call_over"))?.endedAt, endedAt);
});

const inbound = {
  id: "call_phone",
  instanceId: "other",
  direction: "inbound",
  status: "live",
  callSid: `CA${"6".repeat(32)}`,
} as const;
const phoneCall = opened(inbound);

for (
  const [name, endedMs, reason] of [
    ["ended while it was held was hung up by its caller", 15_000, "caller_hung_up"],
    ["Twilio held too long was ended by the crash", 27_000, "server_stopped"],
  ] as const
) {
  Deno.test(`a call that ${name}`, async () => {
    const startedAt = Date.now() - 10 * minute;
    const spoken = { id: "t1", text: "Until then.", final: true, startedMs: 0, endedMs: minute };
    await using records = await openAlone([
      opened({ ...inbound, startedAt }),
      said(inbound.id, spoken),
      { type: "changed", callId: inbound.id, changes: { answeredAt: startedAt } },
    ], {
      async pullBack({ store }, { id, instanceId }) {
        await store.instances.claimCall(id, { from: instanceId, to: "here" });
        return "over";
      },
      twilio: { sid: "", status: "completed", endedAt: startedAt + minute + endedMs },
    });
    await records.look();
    await records.ended.when((all) => all.length > 0);
    assert.equal((await records.store.calls.get(inbound.id))?.end?.reason, reason);
  });
}

Deno.test("a caller who hung up in the talk with a person, while no process had the call, was transferred", async () => {
  const transfer = {
    type: "transfer",
    callId: inbound.id,
    number: 1,
    alias: "sales",
    mode: "cold",
  } as const;
  const startedAt = Date.now() - 10 * minute;
  await using records = await openAlone([
    opened({ ...inbound, startedAt }),
    { type: "changed", callId: inbound.id, changes: { answeredAt: startedAt } },
    { ...transfer, step: "requested", by: "agent", at: startedAt + minute },
    { ...transfer, step: "connected", target: 0, at: startedAt + 2 * minute },
  ], {
    async pullBack({ store }, { id, instanceId }) {
      await store.instances.claimCall(id, { from: instanceId, to: "here" });
      return "over";
    },
    twilio: { sid: "", status: "completed", endedAt: startedAt + 2 * minute + 15_000 },
  });
  await records.look();
  await records.ended.when((all) => all.length > 0);
  const { calls } = records.store;
  const call = await calls.get(inbound.id);
  const { transfers } = await calls.content(inbound.id);
  assert.deepEqual(transfers.map(({ step, spokeMs }) => [step, spokeMs]), [["ended", 15_000]]);
  assert.equal(call?.personMs, 15_000);
  assert.deepEqual(await calls.openTransfers(0, 10), [], "nothing of it is left to be counted");
});

Deno.test("a call whose streams never reach this server is not asked for without end", async () => {
  let asked = 0;
  await using records = await openAlone([phoneCall], { pullBack: claiming(() => asked++) });
  for (let looks = 0; records.announced.length === 0; looks++) {
    assert.ok(looks < 100);
    await records.look();
    records.pass(10_000);
  }
  assert.equal(asked, 20);
  const call = await records.store.calls.get("call_phone");
  assert.deepEqual(call?.end, { reason: "leg_failed", detail: "stream_never_came" });
});

Deno.test("all calls that a process has left are asked for beside each other, the oldest first", async () => {
  const ids = Array.from({ length: 100 }, (_, n) => `call_${n}`);
  const asked: string[] = [];
  await using records = await openAlone(
    ids.map((id, n) => opened({ ...inbound, id, startedAt: n })).reverse(),
    {
      pullBack(_, { id }) {
        asked.push(id);
        return new Promise(() => {});
      },
    },
  );
  await records.look();
  assert.deepEqual(asked, ids);
});

Deno.test("the end of a stream is followed up once while another is on its way", async () => {
  let asked = 0;
  await using records = await openAlone([phoneCall], { pullBack: claiming(() => asked++) });
  await records.look();
  await records.streamEnded(`CA${"6".repeat(32)}`);
  assert.equal(asked, 1);
});

Deno.test("a call that a process of an earlier version holds is left to it while that one beats", async () => {
  let asked = 0;
  await using records = await openAlone([phoneCall], {
    pullBack() {
      asked++;
      return Promise.resolve("opened");
    },
    asks: true,
  });
  await records.store.instances.beat("other");
  await records.look();
  await records.streamEnded(`CA${"6".repeat(32)}`);
  assert.equal(asked, 0, "it knows no such question");
  await records.store.instances.occupySlot("other", "desk 0.0.0.0:80");
  await records.streamEnded(`CA${"6".repeat(32)}`);
  assert.equal(asked, 1, "one that does not answer is gone");
});
