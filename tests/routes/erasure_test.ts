import assert from "node:assert/strict";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { get, initiate, startBeside, temporaryDatabase } from "../support/twilio/dialling.ts";
import {
  createDatabase,
  type Instance,
  instancesTest,
  isPostgresThere,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const person = "+12025550123";
const digits = person.slice(2);
const API_KEYS = `ops:${apiKey};scopes=admin`;

interface Erased {
  readonly calls: number;
  readonly pending: number;
}

async function erase(instance: Pick<Instance, "request">): Promise<Erased> {
  const path = `/api/callers/${encodeURIComponent(person)}`;
  const headers = { "X-API-Key": apiKey };
  const answer = await instance.request(path, { method: "DELETE", headers });
  assert.equal(answer.status, 200);
  return await answer.json();
}

/** The person calls, and what they type into the call is kept. */
async function callIn(
  { app, network, post, request }: TestServer,
  at: Pick<Instance, "app" | "request"> = { app, request },
) {
  const call = network.call({ from: person });
  await call.next("media");
  const callId = at.app.registry.byCallSid(call.sid)?.id ?? "";
  await until(() => get(at, `/api/calls/${callId}`), ({ status }) => status === "live");
  const typed = { type: "text", text: `My number is ${digits}.` };
  const answer = await post(`/api/calls/${callId}/actions`, typed);
  assert.equal(answer.status, 202, await answer.text());
  return { call, callId };
}

function isGone(instance: Pick<Instance, "request">, callId: string): Promise<unknown> {
  return until(() => get(instance, `/api/calls/${callId}`), ({ code }) => code === "unknown_call");
}

function isOver(instance: Pick<Instance, "request">, callId: string): Promise<unknown> {
  return until(() => get(instance, `/api/calls/${callId}`), ({ status }) => status === "ended");
}

/** Everything that is kept in a place, as text. */
interface Kept {
  readonly url: string;
  read(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function inFile(): Promise<Kept> {
  const { url, folder, ...place } = await temporaryDatabase();
  const files = ["parley.db", "parley.db-wal"].map((name) => `${folder}/${name}`);
  const latin = new TextDecoder("latin1");
  const read = async () =>
    (await Promise.all(files.map((file) => Deno.readFile(file))))
      .map((bytes) => latin.decode(bytes)).join("\n");
  return { url, read, ...place };
}

async function onPostgres(): Promise<Kept> {
  const { url, ask, drop } = await createDatabase();
  return {
    url,
    read: async () => JSON.stringify(await ask("SELECT schema_to_xml('public', true, true, '')")),
    [Symbol.asyncDispose]: drop,
  };
}

for (
  const [name, makePlace, ignore] of [
    ["SQLite", inFile, false],
    ["Postgres", onPostgres, !isPostgresThere],
  ] as const
) {
  Deno.test({
    name: `${name}: of a person whose calls are erased nothing is left, also of what was under way`,
    ignore,
    async fn() {
      await using place = await makePlace();
      const journals = await Deno.makeTempDir();
      const callIds: string[] = [];
      await using receiver = deafReceiver();
      {
        await using server = await startPhoneServer({
          env: {
            API_KEYS,
            DATABASE_URL: place.url,
            OUTBOUND_PER_SECOND: "1",
            OUTBOUND_CONCURRENT: "100",
            OUTBOUND_DAILY_MINUTES: "6000",
            JOURNAL_DIR: journals,
            JOURNAL_TEXTS: "true",
            WEBHOOK_URL: receiver.url,
            WEBHOOK_SECRET: secret,
          },
          network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
        });
        const earlier = await callIn(server);
        earlier.call.hangUp();
        await isOver(server, earlier.callId);
        const live = await callIn(server);
        const retry = { on: ["busy"], times: 3, afterMinutes: 1 };
        const about = { context: `About ${digits}`, variables: { number: digits } };
        const rings = await (await initiate(server, { to: person, retry, ...about })).json();
        assert.equal(typeof rings.callSid, "string");
        const ringing = await server.network.nextCall();
        // One a second is dialled: the person's turn comes when all else is done.
        const before = Array.from({ length: 12 }, () => initiate(server));
        for (const answer of await Promise.all(before)) await answer.body?.cancel();
        const waits = await (await initiate(server, { to: person, ...about })).json();
        const consent = { source: `form ${digits}`, at: "2026-01-01T00:00:00Z" };
        const calls = [{ to: person, variables: { number: digits }, id: digits, consent }];
        const named = { name: `For ${digits}`, calls };
        const batch = await (await server.post("/api/outbound/batches", named)).json();
        assert.deepEqual([typeof waits.position, typeof batch.batchId], ["number", "string"]);
        assert.match(await place.read(), new RegExp(digits));

        callIds.push(...[earlier, live, rings, waits].map(({ callId }) => callId));
        const erased = await erase(server);
        assert.deepEqual([erased.pending, erased.calls >= 2], [2, true]);
        for (const { callId } of [earlier, waits]) await isGone(server, callId);
        const { progress } = await get(server, `/api/outbound/batch/${batch.batchId}`);
        assert.equal(progress.cancelled, 1);
        assert.equal((await erase(server)).pending, 2);

        // They go on, and are forgotten when they end.
        assert.equal((await get(server, `/api/calls/${live.callId}`)).status, "live");
        live.call.hangUp();
        ringing.finish({ status: "busy", reason: "busy" });
        await Promise.all([live.call.settled, ringing.settled]);
        for (const { callId } of [live, rings]) await isGone(server, callId);
        const { calls: left } = await get(server, "/api/calls");
        assert.ok(left.every(({ to }: { to: string }) => to !== person), "nor dialled again");
        assert.equal((await place.read()).includes(digits), false);
      }
      // Those of the others, who were dialled meanwhile, stay.
      const names = [...Deno.readDirSync(journals)].map(({ name }) => name);
      const texts = names.map((name) => Deno.readTextFileSync(`${journals}/${name}`));
      assert.equal(texts.some((text) => text.includes(digits)), false);
      assert.equal(names.some((name) => callIds.some((callId) => name.includes(callId))), false);
      await Deno.remove(journals, { recursive: true });
    },
  });
}

Deno.test("a call that Twilio sends back after the erasure is not dialled again", async () => {
  await using server = await startPhoneServer({ env: { API_KEYS } });
  server.api.failNext({ kind: "rateLimited", retryAfterSeconds: 1, delayMs: 1500 });
  const batch = await server.post("/api/outbound/batch", { calls: [{ to: person }] });
  const { batchId } = await batch.json();
  const [item] = await until(
    async () => (await get(server, `/api/outbound/batch/${batchId}`)).calls,
    ([item]) => item.state === "placing",
  );
  await until(
    () => get(server, `/api/outbound/${item.callId}`),
    ({ position }) => position === undefined,
  );
  assert.equal((await erase(server)).pending, 1);
  await isGone(server, item.callId);
  assert.deepEqual(server.network.calls, []);
});

instancesTest(
  "the journals of an erased caller go at every instance, also at one that was away",
  async () => {
    await using pair = await startTwoInstances({ env: { API_KEYS } });
    const { first, env } = pair;
    const journals = await Deno.makeTempDir();
    const left = () => [...Deno.readDirSync(journals)].map(({ name }) => name);
    const start = () =>
      startBeside(first, { ...env, JOURNAL_DIR: journals, JOURNAL_TEXTS: "true" });
    {
      await using other = await start();
      first.network.connectTo(other.origin);
      const over = await callIn(first, other);
      over.call.hangUp();
      await isOver(first, over.callId);
      await until(left, (names) => names.includes(`${over.callId}.jsonl`));
      assert.equal((await erase(first)).calls, 1);
      await until(left, (names) => names.length === 0);

      const live = await callIn(first, other);
      assert.deepEqual(
        await erase(first),
        { calls: 0, turns: 0, toolCalls: 0, pending: 1 },
      );
      await until(left, (names) => names.includes(`${live.callId}.jsonl`));
      live.call.hangUp();
      await isGone(first, live.callId);
      await until(left, (names) => names.length === 0);

      const last = await callIn(first, other);
      last.call.hangUp();
      await isOver(first, last.callId);
    }
    assert.equal(left().length, 1);
    assert.equal((await erase(first)).calls, 1);
    {
      await using _again = await start();
      await until(left, (names) => names.length === 0);
    }
    await Deno.remove(journals, { recursive: true });
  },
);

const secret = `whsec_${new Uint8Array(32).toBase64()}`;

/** Takes no webhook, so that all of them stay in the outbox. */
function deafReceiver() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: 503 }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Erases one call, and gives the status of the answer with what it says. */
async function eraseCall(server: Pick<Instance, "request">, callId: string, query = "") {
  const answer = await server.request(`/api/calls/${callId}${query}`, {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  return [answer.status, await answer.json()] as const;
}

for (
  const [name, makePlace, ignore] of [
    ["SQLite", inFile, false],
    ["Postgres", onPostgres, !isPostgresThere],
  ] as const
) {
  Deno.test({
    name: `case 158: ${name}: a call is erased by its id, whoever called, with the request's key`,
    ignore,
    async fn() {
      await using place = await makePlace();
      const caller = "sip:ada.lovelace@example.com";
      {
        await using server = await startPhoneServer({
          env: { API_KEYS, DATABASE_URL: place.url },
        });
        const call = server.network.call({ from: caller });
        await call.next("media");
        const callId = server.app.registry.byCallSid(call.sid)?.id ?? "";
        await until(() => get(server, `/api/calls/${callId}`), ({ status }) => status === "live");
        assert.match(await place.read(), /ada\.lovelace/);
        const [status, problem] = await eraseCall(server, callId);
        assert.deepEqual([status, problem.code], [409, "call_live"]);

        const [, ending] = await eraseCall(server, callId, "?end=true");
        assert.equal(ending.pending, 1);
        await call.settled;
        await isGone(server, callId);
        assert.equal((await eraseCall(server, callId))[0], 404);

        const requestKey = `order-${digits}`;
        const placed = await initiate(server, { to: person }, { requestKey });
        const { callId: second } = await placed.json();
        const out = await server.network.nextCall();
        await out.next("media");
        await hangUp(out);
        await isOver(server, second);
        const [, erased] = await eraseCall(server, second);
        assert.deepEqual([erased.calls, erased.pending], [1, 0]);
        await isGone(server, second);
        // The idempotency key is used all the same: no call is placed twice.
        const again = await initiate(server, { to: person }, { requestKey });
        assert.equal(again.ok, false);
        await again.body?.cancel();
        const kept = await place.read();
        assert.deepEqual([kept.includes(digits), kept.includes("lovelace")], [false, false]);
      }
    },
  });
}

Deno.test("case 158: a caller that is no number is erased with all calls, and live events are forgotten", async () => {
  await using server = await startPhoneServer({ env: { API_KEYS } });
  const caller = "sip:ada.lovelace@example.com";
  const call = server.network.call({ from: caller });
  await call.next("media");
  const callId = server.app.registry.byCallSid(call.sid)?.id ?? "";
  const said = await server.post(`/api/calls/${callId}/actions`, {
    type: "text",
    text: "Lovelace",
  });
  await said.body?.cancel();
  await hangUp(call);
  await isOver(server, callId);
  const answer = await server.request(`/api/callers/${encodeURIComponent(caller)}`, {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  assert.equal((await answer.json()).calls, 1);
  await isGone(server, callId);
  // What a reader that comes back gets begins behind it.
  const leaving = new AbortController();
  const events = await server.request("/api/events", {
    headers: { "X-API-Key": apiKey, "Last-Event-ID": "" },
    signal: leaving.signal,
  });
  const next = server.network.call({ from: "+12025550199" });
  let told = "";
  const decoder = new TextDecoder();
  for await (const chunk of events.body ?? []) {
    told += decoder.decode(chunk, { stream: true });
    if (told.includes("event: connected")) break;
  }
  assert.equal(told.includes(callId), false);
  await hangUp(next);
});
