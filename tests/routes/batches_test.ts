import assert from "node:assert/strict";
import { callee, get, initiate, ringing, statusOf } from "../support/twilio/dialling.ts";
import {
  apiKey,
  otherKey,
  startPhoneServer,
  type TestServer,
} from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { Inbox } from "../support/inbox.ts";
import { until } from "../support/until.ts";

const path = "/api/outbound/batches";
const numbers = Array.from({ length: 6 }, (_, n) => `+1415555012${n}`);
const calls = numbers.map((to) => ({ to }));
const busy = { network: { otherNumbers: { answer: "busy" }, speed: 50 } } as const;

const bossKey = "the-secret-of-who-may-do-all";
const withBoss = { API_KEYS: `ops:${apiKey},other:${otherKey},boss:${bossKey};scopes=admin` };

/** A Monday, 12:00 in New York, 9:00 in San Francisco. */
const MONDAY = Date.parse("2027-02-01T17:00:00Z");
const HOUR_MS = 60 * 60_000;

/** A clock that begins on that Monday, and that the test sets forward. */
function movableClock() {
  let offset = MONDAY - performance.now();
  return {
    overrides: {
      dialling: { now: () => performance.now() + offset, pollMs: 20, patienceMs: 60_000 },
    },
    forward(ms: number): void {
      offset += ms;
    },
  };
}

/** A clock that stands still until the test moves it. */
function frozen(at: number) {
  return Object.assign(() => at, {
    forward(ms: number): void {
      at += ms;
    },
  });
}

function sendTable(
  server: TestServer,
  table: string | Uint8Array<ArrayBuffer>,
  options?: Readonly<Record<string, unknown>>,
  to = path,
): Promise<Response> {
  const query = options === undefined
    ? ""
    : `?options=${encodeURIComponent(JSON.stringify(options))}`;
  return server.request(`${to}${query}`, {
    method: "POST",
    headers: { "X-API-Key": apiKey, "Content-Type": "text/csv" },
    body: table,
  });
}

async function preview(server: TestServer, table: string, options?: Record<string, unknown>) {
  const answer = await sendTable(server, table, options, `${path}/preview`);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text);
}

Deno.test("a CSV file is previewed line by line, and nothing is placed or kept", async () => {
  await using server = await startPhoneServer({
    ...movableClock(),
    env: { ...withBoss, OUTBOUND_COUNTRIES: "US,DE", OUTBOUND_HOURS: "08:00-21:00" },
  });
  await neverCall(server, "+14155550127");
  const table = [
    "Name;Mobile number;ID;Language;consent source;consent at",
    "Ann;(415) 555-0123;a;en;web form;2027-01-20",
    "Bob;+1 415 555 0123;b;;;",
    "Cy;4.15556E+11;c;;;",
    "Di;+14155550127;d;;;",
    "Ed;+49 30 901820;a;;;",
    "Flo;+49 30 901820;f;xx-;;",
    "Gus;+49 30 901820;g;de;web form;",
    "Hal;0030;h;;;",
    "Ida;+442079460018;i;;;",
    '"Jo";+19005550123;j;;;',
    "Kim;+49 30 901820;k;de;;;;surplus",
    "Lea;+819012345678;l;;;",
    "",
    "Moe;+16505550123;m;;;",
  ].join("\n");
  const found = await preview(server, table, {
    country: "US",
    hours: { "mon-fri": "12:00-18:00" },
  });
  const rows = found.calls.map((
    row: Record<string, unknown>,
  ) => [row["line"], row["state"], row["reason"]]);
  assert.deepEqual(rows, [
    [2, "waits", undefined],
    [3, "refused", "duplicate_number"],
    [4, "refused", "spreadsheet_number"],
    [5, "refused", "do_not_call"],
    [6, "refused", "duplicate_id"],
    [7, "refused", "no_language"],
    [8, "refused", "consent_incomplete"],
    [9, "refused", "short_number"],
    [10, "refused", "country_not_allowed"],
    [11, "refused", "premium_rate"],
    [12, "refused", "too_many_cells"],
    [13, "refused", "country_not_allowed"],
    [15, "waits", undefined],
  ]);
  const [first] = found.calls;
  // Nine in the morning there; the batch's own hours begin at noon.
  assert.deepEqual([first.to, first.country, first.notBefore], [
    "+14155550123",
    "US",
    "2027-02-01T20:00:00.000Z",
  ]);
  assert.match(found.calls[2].error, /format the column as text/);
  assert.deepEqual([found.accepted, found.refused, found.estimate.calls], [2, 11, 2]);
  assert.deepEqual(found.byReason["country_not_allowed"], 2);
  assert.ok(found.estimate.minutes === 4 && found.estimate.usd > 0);
  assert.deepEqual(found.columns.map(({ role }: { role: string }) => role), [
    ...["variable Name", "to", "id", "language", "consentSource", "consentAt"],
  ]);
  assert.deepEqual((await get(server, path)).batches, []);
  assert.equal((await preview(server, table, { country: "US" })).room, found.room);
  assert.equal(server.network.calls.length, 0);
});

Deno.test("a table that cannot be read is refused whole, with the line and what to do", async () => {
  await using server = await startPhoneServer();
  const cases: readonly (readonly [string | Uint8Array<ArrayBuffer>, string, number])[] = [
    ["", "empty", 1],
    ["phone\n", "no_rows", 1],
    ["name,city\nAnn,Rome\n", "no_number_column", 1],
    [`phone,name\n${callee},"Ann\n`, "unclosed_quote", 2],
    [`phone,First name,first_name\n${callee},A,B\n`, "duplicate_column", 1],
    [`phone\n${`${callee}\n`.repeat(10_001)}`, "too_many_rows", 10_002],
    [new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), "not_text", 1],
  ];
  for (const [table, reason, line] of cases) {
    const answer = await sendTable(server, table);
    const { code, details: [detail] } = await answer.json();
    assert.deepEqual([answer.status, code, detail.reason, detail.line], [
      422,
      "invalid_csv",
      reason,
      line,
    ]);
  }
  const large = await sendTable(server, `phone\n${"x".repeat(4 * 1024 * 1024)}`);
  assert.deepEqual(await problemOf(large), [413, "body_too_large"]);
  const named = await sendTable(server, "phone\n1\n", { columns: { to: "Number" } });
  assert.deepEqual(await problemOf(named), [422, "invalid_csv"]);
  const wrong = await sendTable(server, "phone\n1\n", { hours: { monday: "9-5" }, surplus: 1 });
  assert.deepEqual(await problemOf(wrong), [422, "invalid_request"]);
  assert.equal(server.network.calls.length, 0);
});

Deno.test("the calls of a CSV file are placed with their variables, and come back as CSV", async () => {
  await using server = await startPhoneServer(busy);
  const table = `phone,id,name,Due date\n${numbers[0]},=c1,"Ann, ""A""",2027-01-05\n${
    numbers[1]
  },c2,=HYPERLINK("x"),\n`;
  const answer = await sendTable(server, table, { name: "Reminders" });
  const { batchId, accepted, refused } = await answer.json();
  assert.deepEqual([answer.status, accepted, refused], [202, 2, []]);
  await until(() => get(server, `${path}/${batchId}`), ({ state }) => state === "done");
  // The same file again calls nobody.
  const again = await (await sendTable(server, table)).json();
  assert.deepEqual(
    again.refused.map((each: Record<string, unknown>) => [each["line"], each["reason"]]),
    [[2, "already_in_batch"], [3, "already_in_batch"]],
  );
  const { results } = await get(server, `${path}/${batchId}/results`);
  assert.deepEqual(results[0].variables, {
    name: 'Ann, "A"',
    due_date: "2027-01-05",
  });
  const csv = await server.request(`${path}/${batchId}/results.csv`, {
    headers: { "X-API-Key": apiKey },
  });
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  const [headings, first, second] = (await csv.text()).split("\r\n");
  assert.match(
    headings ?? "",
    /index,line,id,to,state,detail,error,outcome,attempts,.*variable_name,variable_due_date$/,
  );
  assert.match(
    first ?? "",
    /^0,2,'=c1,\+14155550120,ended,busy,,busy,1,.*,call_\w+n0,"Ann, ""A""",2027-01-05$/,
  );
  assert.match(second ?? "", /,"'=HYPERLINK\(""x""\)",$/);
  assert.equal(server.network.calls.length, 2);
});

Deno.test("a paused batch dials nothing, can be changed, and goes on where it was", async () => {
  await using server = await startPhoneServer({
    ...ringing,
    env: { OUTBOUND_CONCURRENT: "2" },
  });
  const { batchId } = await (await server.post(path, { calls, atOnce: 1 })).json();
  const detail = () => get(server, `${path}/${batchId}`);
  await until(detail, ({ progress }) => progress.placed === 1);
  assert.deepEqual(await problemOf(await patch(server, batchId, { atOnce: 2 })), [
    409,
    "batch_not_paused",
  ]);
  const paused = await (await server.post(`${path}/${batchId}/pause`)).json();
  assert.deepEqual([paused.state, paused.pauseReason], ["paused", "operator"]);
  assert.equal(await statusOf(patch(server, batchId, { atOnce: 2, name: "Later" })), 200);
  const change = (to: string) =>
    server.request(`${path}/${batchId}/calls/5`, {
      method: "PATCH",
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      body: JSON.stringify({ to }),
    });
  // Nobody is called twice by a batch.
  assert.deepEqual(await problemOf(await change(calls[0]?.to ?? "")), [409, "duplicate_number"]);
  assert.deepEqual(await (await change("+14155550142")).json(), { success: true });
  const removed = await server.request(`${path}/${batchId}/calls/4`, {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  assert.deepEqual(await removed.json(), { success: true });
  const foreign = await server.post(`${path}/${batchId}/resume`, undefined, otherKey);
  assert.deepEqual(await problemOf(foreign), [404, "unknown_batch"]);
  // The one that rings makes room: nothing takes it.
  const [first] = server.network.calls;
  first?.finish({ status: "no-answer", reason: "rang" });
  await until(detail, ({ progress }) => progress.ended === 1);
  // What another key dials meanwhile shows that batches are looked at.
  const other = { calls: [{ to: "+14155550177" }] };
  const { batchId: otherId } = await (await server.post(path, other, otherKey)).json();
  await until(
    () => get(server, `${path}/${otherId}`, otherKey),
    ({ progress }) => progress.placed === 1,
  );
  const { progress: still } = await detail();
  assert.deepEqual([still.placed, still.placing, still.pending], [0, 0, 4]);

  await (await server.post(`${path}/${batchId}/resume`)).body?.cancel();
  const going = await until(detail, ({ progress }) => progress.placed === 2);
  assert.deepEqual([going.state, going.name, going.plan.atOnce], ["running", "Later", 2]);
  assert.deepEqual([going.progress.cancelled, going.total], [1, 6]);
  assert.deepEqual(going.events.map(({ type }: { type: string }) => type), [
    ...["started", "paused", "resumed"],
  ]);
  const { results } = await get(server, `${path}/${batchId}/results`);
  assert.equal(results[5].to, "+14155550142");
});

Deno.test("what is not dialled by the end of a batch has expired", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({ ...busy, ...clock });
  const at = (ms: number) => new Date(MONDAY + ms).toISOString();
  const body = { calls, startsAt: at(HOUR_MS), endsAt: at(2 * HOUR_MS), perMinute: 0.02 };
  const { batchId } = await (await server.post(path, body)).json();
  const detail = () => get(server, `${path}/${batchId}`);
  assert.equal((await detail()).state, "scheduled");
  assert.equal(server.network.calls.length, 0);
  clock.forward(HOUR_MS);
  await until(detail, ({ progress }) => progress.ended === 1);
  clock.forward(59 * 60_000);
  await until(detail, ({ progress }) => progress.ended === 2);
  clock.forward(60_000);
  const done = await until(detail, ({ state }) => state === "done");
  assert.deepEqual([done.progress.ended, done.progress.expired], [2, 4]);
  assert.equal(server.network.calls.length, 2);
});

Deno.test("items are tried again by their outcome, at another time of day, and no more often than asked", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({ ...busy, ...clock });
  const retry = [{ on: "no_answer", afterMinutes: 1, times: 5 }, {
    ...{ on: ["busy"], afterMinutes: 10, times: 2 },
    otherTimeOfDay: true,
  }];
  const { batchId } = await (await server.post(path, { calls: [{ to: callee }], retry })).json();
  const result = async () => (await get(server, `${path}/${batchId}/results`)).results[0];
  const waits = await until(result, ({ state, attempts }) => state === "pending" && attempts === 1);
  // Nine in the morning there: not before noon.
  assert.deepEqual([waits.outcome, waits.dueAt], ["busy", "2027-02-01T20:00:00.000Z"]);
  clock.forward(3 * HOUR_MS);
  const again = await until(result, ({ state, attempts }) => state === "pending" && attempts === 2);
  assert.equal(again.dueAt, "2027-02-02T01:00:00.000Z");
  clock.forward(5 * HOUR_MS);
  const last = await until(result, ({ state }) => state === "ended");
  assert.deepEqual([last.attempts, last.callIds.length, new Set(last.callIds).size], [3, 3, 3]);
  await until(() => get(server, `${path}/${batchId}`), ({ state }) => state === "done");
  assert.equal(server.network.calls.length, 3);
});

Deno.test("an opt-out between two attempts ends the attempts", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({ ...busy, ...clock, env: withBoss });
  const retry = { on: "busy", afterMinutes: 10, times: 5 };
  const { batchId } = await (await server.post(path, { calls: [{ to: callee }], retry })).json();
  const detail = () => get(server, `${path}/${batchId}`);
  await until(detail, ({ calls, progress }) => calls === 1 && progress.pending === 1);
  await neverCall(server, callee);
  clock.forward(10 * 60_000);
  const done = await until(detail, ({ state }) => state === "done");
  assert.deepEqual(done.outcomes, [{ state: "refused", detail: "do_not_call", items: 1 }]);
  assert.equal(server.network.calls.length, 1);
});

Deno.test("hours of the batch are those of each callee", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({ ...busy, ...clock });
  const hours = { mon: "12:00-13:00", tue: "12:00-13:00" };
  const eastAndWest = [{ to: "+14155550123" }, { to: "+12125550123" }];
  const { batchId } = await (await server.post(path, { calls: eastAndWest, hours })).json();
  const states = async () =>
    (await get(server, `${path}/${batchId}/results`)).results
      .map(({ state, dueAt }: Record<string, unknown>) => [state, dueAt]);
  await until(states, ([west, east]) => east[0] === "ended" && west[1] !== null);
  assert.deepEqual(await states(), [["pending", "2027-02-01T20:00:00.000Z"], ["ended", null]]);
  clock.forward(3 * HOUR_MS);
  await until(() => get(server, `${path}/${batchId}`), ({ state }) => state === "done");
  assert.deepEqual(server.network.calls.map(({ to }) => to), ["+12125550123", "+14155550123"]);
});

Deno.test("what waits in the queue when its batch is paused is not dialled, and is at once when it goes on", async () => {
  const held = { now: frozen(MONDAY), pollMs: 20, patienceMs: 1 };
  await using server = await startPhoneServer({
    ...ringing,
    overrides: { dialling: held },
    env: { OUTBOUND_PER_SECOND: "1" },
  });
  const { batchId } = await (await server.post(path, { calls })).json();
  const detail = () => get(server, `${path}/${batchId}`);
  await until(detail, ({ progress }) => progress.placed === 1 && progress.placing === 2);
  await (await server.post(`${path}/${batchId}/pause`)).body?.cancel();
  const aLittleLater = async (address: string) => {
    held.now.forward(50);
    return await get(server, address);
  };
  // It has its turn after both, which are still in the queue.
  const { callId } = await (await initiate(server, { to: "+14155550177" })).json();
  await until(
    () => aLittleLater(`/api/outbound/${callId}`),
    ({ callSid }) => callSid !== undefined,
  );
  assert.equal(server.network.calls.length, 2);
  await (await server.post(`${path}/${batchId}/resume`)).body?.cancel();
  await until(() => aLittleLater(`${path}/${batchId}`), ({ progress }) => progress.placed === 2);
});

Deno.test("items whose hours are over while their batch runs wait for the next day", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({ ...busy, ...clock });
  const hours = { "mon-sun": "09:00-10:00" };
  const { batchId } = await (await server.post(path, { calls, hours, perMinute: 0.02 })).json();
  const results = async () => (await get(server, `${path}/${batchId}/results`)).results;
  await until(results, ([first]) => first.state === "ended");
  clock.forward(70 * 60_000);
  const all = await until(results, ([, second]) => second.dueAt !== null);
  for (const { state, dueAt } of all.slice(1)) {
    assert.deepEqual([state, dueAt], ["pending", "2027-02-02T17:00:00.000Z"]);
  }
  assert.equal(server.network.calls.length, 1);
});

Deno.test("a batch whose calls fail pauses by itself, and counts anew when it goes on", async () => {
  await using server = await startPhoneServer({
    network: { otherNumbers: { answer: "failed" }, speed: 50 },
  });
  const body = { calls, atOnce: 1, stop: { failureShare: 0.5, ofLast: 2 } };
  const { batchId } = await (await server.post(path, body)).json();
  const detail = () => get(server, `${path}/${batchId}`);
  const paused = await until(detail, ({ state }) => state === "paused");
  assert.deepEqual([paused.pauseReason, paused.progress.ended], ["failures", 2]);
  assert.equal(server.network.calls.length, 2);
  await (await server.post(`${path}/${batchId}/resume`)).body?.cancel();
  const again = await until(
    detail,
    ({ state, progress }) => state === "paused" && progress.ended > 2,
  );
  assert.deepEqual([again.pauseReason, again.progress.ended], ["failures", 4]);
});

Deno.test("a batch that is sent twice under one Idempotency-Key is one batch", async () => {
  await using server = await startPhoneServer(busy);
  const send = (body: unknown, requestKey: string) =>
    server.request(path, {
      method: "POST",
      headers: {
        ...{ "X-API-Key": apiKey, "Content-Type": "application/json" },
        "Idempotency-Key": requestKey,
      },
      body: JSON.stringify(body),
    });
  const body = { calls: [...calls, { to: "+19005550123" }] };
  const both = await Promise.all([send(body, "june"), send(body, "june")]);
  const [first, second] = await Promise.all(both.map((answer) => answer.json()));
  assert.deepEqual([first.accepted, second.batchId], [calls.length, first.batchId]);
  await until(() => get(server, `${path}/${first.batchId}`), ({ state }) => state === "done");
  const again = await (await send(body, "june")).json();
  assert.deepEqual([again.batchId, again.accepted], [first.batchId, calls.length]);
  const other = { calls: calls.slice(1) };
  assert.deepEqual(await problemOf(await send(other, "june")), [422, "idempotency_key_reused"]);
  assert.equal(await statusOf(send(other, "july")), 202);
  const list = await get(server, `${path}?limit=1`);
  assert.equal(list.batches[0].total, calls.length - 1);
  const older = await get(server, `${path}?limit=9&cursor=${list.nextCursor}`);
  assert.deepEqual(older.batches.map(({ batchId }: { batchId: string }) => batchId), [
    first.batchId,
  ]);
  await until(
    () => get(server, `${path}/${list.batches[0].batchId}`),
    ({ state }) => state === "done",
  );
  assert.equal(server.network.calls.length, 2 * calls.length - 1);
});

Deno.test("no key has more calls waiting than it may", async () => {
  await using server = await startPhoneServer({
    ...ringing,
    env: {
      API_KEYS: `ops:${apiKey};pending=4,other:${otherKey}`,
      OUTBOUND_PENDING: "6",
    },
  });
  const six = await server.post(path, { calls, paused: true }, otherKey);
  assert.equal(six.status, 202);
  await six.body?.cancel();
  const seventh = await server.post(path, { calls: calls.slice(0, 1), paused: true }, otherKey);
  assert.deepEqual(await problemOf(seventh), [429, "too_many_pending"]);
  const mine = await server.post(path, { calls: calls.slice(0, 5), paused: true });
  assert.deepEqual(await problemOf(mine), [429, "too_many_pending"]);
  const list = await get(server, path);
  assert.deepEqual(list.batches, []);
});

Deno.test("what a day's limits do not allow waits for the next day, and is not refused", async () => {
  const clock = movableClock();
  await using server = await startPhoneServer({
    ...{ ...ringing, ...clock },
    env: { OUTBOUND_DAILY_MINUTES: "1", OUTBOUND_PER_NUMBER_DAILY: "1" },
  });
  const { batchId } = await (await server.post(path, { calls })).json();
  const detail = () => get(server, `${path}/${batchId}`);
  await until(detail, ({ progress }) => progress.placed === 1 && progress.placing > 0);
  // A batch of another key is not held up by it.
  const other = await (await server.post(path, { calls: [{ to: callee }] }, otherKey)).json();
  await until(
    () => get(server, `${path}/${other.batchId}`, otherKey),
    ({ progress }) => progress.placed === 1,
  );
  assert.equal(server.network.calls.length, 2);
  assert.deepEqual((await detail()).outcomes, []);
  clock.forward(24 * HOUR_MS);
  await until(detail, ({ progress }) => progress.placed === 2);
});

Deno.test("a batch pauses when it has cost what it may, and goes on when it may cost more", async () => {
  await using server = await startPhoneServer({
    network: { otherNumbers: { answer: "human" }, speed: 50 },
  });
  const talkAndHangUp = async () => {
    const call = await server.network.nextCall();
    await call.next("media");
    call.hangUp();
  };
  const body = { calls, atOnce: 1, stop: { usd: 0.000_001 } };
  const { batchId } = await (await server.post(path, body)).json();
  const detail = () => get(server, `${path}/${batchId}`);
  await talkAndHangUp();
  const paused = await until(detail, ({ state }) => state === "paused");
  assert.deepEqual([paused.pauseReason, paused.progress.ended], ["spend", 1]);
  assert.ok(paused.usd > 0);
  const resume = () => server.post(`${path}/${batchId}/resume`);
  assert.deepEqual(await problemOf(await resume()), [409, "batch_spent"]);
  assert.equal(await statusOf(patch(server, batchId, { stop: { usd: 1000 } })), 200);
  assert.equal(await statusOf(resume()), 200);
  await talkAndHangUp();
  await until(detail, ({ progress }) => progress.ended === 2);
});

Deno.test("webhooks tell that a batch begins, pauses by itself, goes on and is done", async () => {
  const told = new Inbox<{ readonly type: string; readonly data: Record<string, unknown> }>();
  await using receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const message = await request.json();
      if (message.type.startsWith("batch.")) told.add(message);
      return new Response();
    },
  );
  await using server = await startPhoneServer({
    network: { otherNumbers: { answer: "failed" }, speed: 50 },
    env: {
      WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${btoa("x".repeat(24))}`,
    },
  });
  const body = { name: "Failing", calls: calls.slice(0, 3), atOnce: 1, stop: { ofLast: 2 } };
  const { batchId } = await (await server.post(path, body)).json();
  const of = (type: string) => told.take((message) => message.type === type);
  assert.equal((await of("batch.started")).data["name"], "Failing");
  const { data } = await of("batch.paused");
  assert.deepEqual([data["batchId"], data["reason"], data["state"]], [
    ...[batchId, "failures", "paused"],
  ]);
  await (await server.post(`${path}/${batchId}/resume`)).body?.cancel();
  await of("batch.resumed");
  assert.equal((await of("batch.done")).data["state"], "done");
  assert.equal(told.all.length, 4);
});

async function neverCall(server: TestServer, number: string): Promise<void> {
  const answer = server.request(`/api/do-not-call/${encodeURIComponent(number)}`, {
    method: "PUT",
    headers: { "X-API-Key": bossKey },
  });
  assert.ok(await statusOf(answer) < 300);
}

function patch(server: TestServer, batchId: string, body: unknown): Promise<Response> {
  return server.request(`${path}/${batchId}`, {
    method: "PATCH",
    headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
