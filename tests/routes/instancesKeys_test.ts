import assert from "node:assert/strict";
import {
  callee,
  get,
  initiate,
  initiateDialled,
  ringing,
  slowPace,
  statusOf,
} from "../support/twilio/dialling.ts";
import {
  adminKey,
  follow,
  type Instance,
  instancesTest as test,
  keysWithAdmin,
  post,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { apiKey, otherKey, type TestServerOptions } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

function start({ env, ...options }: TestServerOptions = {}) {
  return startTwoInstances({
    env: { API_KEYS: keysWithAdmin, ...env },
    ...ringing,
    ...options,
  });
}

function revoke(instance: Instance, name: string, query = ""): Promise<Response> {
  return post(instance, `/api/keys/${name}/revoke${query}`, {}, adminKey);
}

function statusAt(instance: Instance): Promise<number> {
  return statusOf(instance.request("/api/calls", { headers: { "X-API-Key": apiKey } }));
}

async function tokenFrom(instance: Instance): Promise<string> {
  return (await (await post(instance, "/api/web/session")).json()).token;
}

/** Whether the token opens a call at the instance. */
function opens({ origin }: Instance, token: string): Promise<boolean> {
  const url = `${origin.replace("http", "ws")}/web`;
  const socket = new WebSocket(url, ["parley.v1", `token.${token}`]);
  return new Promise((resolve) => {
    let opened = false;
    socket.onopen = () => {
      opened = true;
      socket.close(1000);
    };
    socket.onclose = () => resolve(opened);
  });
}

test("a session token of one instance opens one call, at whichever instance", async () => {
  await using pair = await start();
  const { first, second } = pair;
  const token = await tokenFrom(first);
  assert.equal(await opens(second, token), true);
  assert.deepEqual([await opens(second, token), await opens(first, token)], [false, false]);
  for (let round = 0; round < 5; round++) {
    const raced = await tokenFrom(round % 2 === 0 ? first : second);
    const instances = [first, second, first, second, first, second];
    const opened = await Promise.all(instances.map((instance) => opens(instance, raced)));
    assert.equal(opened.filter(Boolean).length, 1);
  }
});

test("the session of a web call is of the key that asked for it elsewhere", async () => {
  await using pair = await start();
  const { first, second } = pair;
  assert.equal(await opens(second, await tokenFrom(first)), true);
  const { calls } = await until(
    () => get(first, "/api/calls"),
    ({ calls }) => calls[0]?.status === "ended",
  );
  assert.equal(calls[0].key, "ops");
});

test("people can talk while the database is away, at the instance that let them in", async () => {
  await using pair = await start();
  const { first } = pair;
  const shared = await tokenFrom(first);
  const mend = await pair.breakDatabase();
  assert.equal(await opens(first, await tokenFrom(first)), true);
  assert.equal(await opens(first, shared), false);
  await mend();
});

test("a key that is revoked at one instance opens nothing at the others, and its streams end", async () => {
  await using pair = await start();
  const { first, second } = pair;
  const streams = [
    await follow(first, "/api/events"),
    await follow(second, "/api/events"),
  ];
  const others = await follow(second, "/api/events", { key: otherKey });
  const token = await tokenFrom(first);
  assert.equal(await statusOf(revoke(first, "ops")), 200);
  for (const stream of streams) assert.equal(await stream.next(), undefined);
  assert.equal(await statusAt(second), 401);
  assert.deepEqual(await problemOf(await post(second, "/api/web/session")), [401, "key_revoked"]);
  assert.equal(await opens(second, token), false);
  first.network.connectTo(second.origin);
  const { callId } = await (await initiate(second, { to: callee }, { key: otherKey })).json();
  assert.equal((await others.next())?.data.includes(callId), true);
  await others.close();
});

test("what a revoked key has asked for and what is not dialled yet is cancelled", async () => {
  const { env, overrides } = slowPace();
  await using pair = await start({ env: { ...env, OUTBOUND_CONCURRENT: "3" }, overrides });
  const { first, second } = pair;
  const dialled = await initiateDialled(first);
  const batch = await post(first, "/api/outbound/batch", {
    calls: ["1", "2", "3", "4", "5"].map((last) => ({ to: `+1415555010${last}` })),
  });
  const { batchId } = await batch.json();
  const path = `/api/outbound/batch/${batchId}`;
  const asAdmin = (path: string) => get(second, path, adminKey);
  await until(() => get(first, path), ({ progress }) => progress.placing === 2);
  assert.equal(await statusOf(revoke(second, "ops")), 200);

  const { calls } = await until(
    () => asAdmin(path),
    ({ progress }) => progress.refused === 5,
  );
  assert.ok(calls.every(({ detail }: { detail: string }) => detail === "key_revoked"));
  const never = calls.filter(({ callId }: { callId: string | null }) => callId === null);
  assert.equal(never.length, 3, "there was no room for these in the queue");
  const queued = calls.find(({ callId }: { callId: string | null }) => callId !== null);
  const record = await until(
    () => asAdmin(`/api/calls/${queued.callId}`),
    ({ status }) => status === "ended",
  );
  assert.deepEqual([record.outcome, record.end.detail], ["failed", "key_revoked"]);
  assert.equal((await asAdmin(`/api/outbound/${dialled.callId}`)).status, "ringing", "goes on");
  assert.equal(first.network.calls.length, 1);
});

test("the calls of a revoked key go on, and end with a goodbye at every instance if that is asked for", async () => {
  const numbers = { [callee]: { answer: "human", afterMs: 20 } } as const;
  await using pair = await start({ network: { ...ringing.network, numbers } });
  const { first, second } = pair;
  const asAdmin = (path: string) => get(second, path, adminKey);
  const talks = await (await initiate(first)).json();
  const phone = await first.network.nextCall();
  await phone.next("media");
  const rings = await (await initiate(first, { to: "+14155550124" })).json();
  const anothers = await (await initiate(first, { to: callee }, { key: otherKey })).json();
  const socket = new WebSocket(`${second.origin.replace("http", "ws")}/web`, [
    "parley.v1",
    `token.${await tokenFrom(second)}`,
  ]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  const live = (calls: number) =>
    until(() => asAdmin("/api/calls?status=live"), (page) => page.calls.length === calls);
  await live(3);
  const { revoked, ...counts } = await (await revoke(second, "ops")).json();
  assert.deepEqual([revoked, counts.liveCalls, counts.endingCalls], [true, 3, 0]);
  assert.equal((await live(3)).calls.length, 3);

  const { liveCalls, endingCalls } = await (await revoke(second, "ops", "?endCalls=true")).json();
  assert.deepEqual([liveCalls, endingCalls], [0, 3]);
  const canceled = first.network.calls.find(({ sid }) => sid === rings.callSid);
  assert.equal(canceled?.status, "canceled", "there is nobody to say goodbye to");
  await Promise.all([phone.settled, closed]);
  const { calls: [left] } = await live(1);
  assert.equal(left.id, anothers.callId);
  const ended = (id: string) =>
    until(() => asAdmin(`/api/calls/${id}`), ({ status }) => status === "ended");
  const talked = await ended(talks.callId);
  assert.equal(talked.end.reason, "operator_hung_up");
  assert.match(talked.turns.at(-1).text, /goodbye/i);
  const { outcome, end } = await ended(rings.callId);
  assert.deepEqual([outcome, end.reason], ["cancelled", "operator_hung_up"]);
  assert.deepEqual((await (await revoke(first, "ops")).json()).liveCalls, 0);
});
