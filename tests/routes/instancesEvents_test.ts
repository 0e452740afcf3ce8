import assert from "node:assert/strict";
import { callee, get, initiate } from "../support/twilio/dialling.ts";
import {
  adminKey,
  follow,
  type Instance,
  instancesTest,
  keysWithAdmin,
  post,
  readUntil,
  startTwoInstances,
  type TwoInstances,
} from "../support/servers/instances.ts";
import { otherKey } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

function test(name: string, run: (pair: TwoInstances) => Promise<void>): void {
  instancesTest(name, async () => {
    await using pair = await startTwoInstances({ env: { API_KEYS: keysWithAdmin } });
    await run(pair);
  });
}

function notice({ app }: Instance, callId: string): void {
  app.events.publish(callId, { type: "notice", code: "filler" });
}

test("a call is watched at the instance that does not hold it, from its beginning to its end", async ({ first, second }) => {
  const [all, foreign] = [
    await follow(second, "/api/events"),
    await follow(second, "/api/events", { key: otherKey }),
  ];
  const { callId } = await (await initiate(first, { to: callee })).json();
  const call = await first.network.nextCall();
  await call.next("media");
  const here = await follow(first, `/api/calls/${callId}/events`);
  const there = await follow(second, `/api/calls/${callId}/events`);
  const ended = await post(second, `/api/calls/${callId}/actions`, { type: "hangup" });
  assert.equal(ended.status, 202, await ended.text());
  const [told, toldThere, toldToAll] = await Promise.all([
    readUntil(here, "ended"),
    readUntil(there, "ended"),
    readUntil(all, "ended"),
  ]);
  // Of a turn that is being said, a reader may get the newest state alone.
  const isWhole = (data: string) => JSON.parse(data).event.turn?.final !== false;
  const dataOf = (events: typeof told) => events.map(({ data }) => data).filter(isWhole);
  assert.equal(told[0]?.name, "started");
  assert.deepEqual(dataOf(toldThere), dataOf(told));
  assert.deepEqual(dataOf(toldToAll), dataOf(told));
  assert.equal(await there.next(), undefined);

  // The first event that another key gets is of a call of its own.
  const own = await (await initiate(first, { to: callee }, { key: otherKey })).json();
  assert.equal(JSON.parse((await foreign.next())?.data ?? "{}").callId, own.callId);
  await Promise.all([all.close(), foreign.close(), here.close(), there.close()]);
  await call.settled;
});

test("a reader goes on at another instance where it was, with nothing lost and nothing twice", async ({ first, second }) => {
  const reader = await follow(first, "/api/events", { key: adminKey });
  const sent: string[] = [];
  const seen: string[] = [];
  const callOf = (data: string) => JSON.parse(data).callId;
  for (let at = 0; at < 20; at++) {
    const callId = `call_${at}`;
    sent.push(callId);
    notice(at % 2 === 0 ? first : second, callId);
  }
  let last = "";
  for (const { id, data } of await reader.take(13)) {
    last = id;
    seen.push(callOf(data));
  }
  await reader.close();
  notice(first, "call_more");
  const again = await follow(second, "/api/events", { key: adminKey, lastEventId: last });
  for (const { name, data } of await again.take(8)) {
    assert.equal(name, "notice");
    seen.push(callOf(data));
  }
  assert.deepEqual(seen.toSorted(), [...sent, "call_more"].toSorted());
  await again.close();
});

test("events too large for one message of the database arrive whole", async ({ first, second }) => {
  const reader = await follow(second, "/api/events", { key: adminKey });
  const text = "naïve 🦜 \u0000 \ud800 ".repeat(3000);
  first.app.events.publish("call_1", {
    type: "toolStarted",
    toolCallId: "t1",
    name: "look_up",
    arguments: text,
  });
  const { data = "" } = await reader.next() ?? {};
  assert.equal(JSON.parse(data).event.arguments, text);
  await reader.close();
});

test("a call outlives the database, and readers elsewhere learn what they have missed", async ({ first, second, breakDatabase }) => {
  const call = first.network.call();
  await call.next("media");
  const reader = await follow(second, "/api/events", { key: adminKey });
  notice(first, "call_before");
  await readUntil(reader, "notice");
  const mend = await breakDatabase();
  notice(first, "call_lost");
  await call.next("media");
  const own = await follow(first, "/api/events", { key: adminKey });
  notice(first, "call_here");
  assert.ok((await readUntil(own, "notice")).at(-1)?.data.includes("call_here"));
  await mend();
  const missed = (await readUntil(reader, "missed")).at(-1);
  assert.equal(missed?.data, '{"why":"too_late"}');
  notice(first, "call_after");
  await until(() => reader.next(), (event) => event?.data.includes("call_after") === true);
  assert.equal(first.app.registry.byCallSid(call.sid)?.callSid, call.sid, "it still goes on");
  await hangUp(call);
  await Promise.all([reader.close(), own.close()]);
});

test("an instance that stops lets go of the database and of its readers", async ({ first, second, connections }) => {
  const reader = await follow(second, "/api/events", { key: adminKey });
  assert.equal((await get(first, "/health")).status, "ok");
  await second.app.drain();
  await second.app.close();
  assert.equal(await reader.next(), undefined);
  await first.app.close();
  assert.equal(await connections(), 0);
});
