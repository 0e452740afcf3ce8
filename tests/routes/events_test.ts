import assert from "node:assert/strict";
import type { CallEvent } from "../../src/call/callEvent.ts";
import { ADMIN, ALICE, type ApiServer, BOB, GUEST, withApi } from "../support/servers/apiServer.ts";
import { turn } from "../support/store/storedCalls.ts";
import { EventReader } from "../support/eventReader.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";
import { problemOf } from "../support/problemOf.ts";

const started: CallEvent = { type: "started", direction: "outbound", agent: "receptionist" };
/** The time of the test server, and the beginning of its calls. */
const now = Date.UTC(2027, 0, 1);
const ended: CallEvent = { type: "ended", end: { reason: "idle" }, durationMs: 5 };

function notice(server: ApiServer, callId: string): void {
  server.events.publish(callId, { type: "notice", code: "filler" });
}

/** Begins a call of a key, live and remembered. */
async function begin(server: ApiServer, id: string, keyName: string): Promise<void> {
  const request = { direction: "outbound", agent: "receptionist", keyName } as const;
  server.live.set(id, RecordingSession.withLeg(id, request));
  await server.remember({ id, keyName });
  server.events.publish(id, started);
}

async function watch(
  server: ApiServer,
  path: string,
  secret: string,
  lastEventId?: string,
): Promise<EventReader> {
  const headers: Record<string, string> = lastEventId === undefined
    ? {}
    : { "last-event-id": lastEventId };
  const response = await server.ask(path, secret, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
  return new EventReader(response);
}

Deno.test("GET /api/events sends what happens from now on", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    const reader = await watch(server, "/api/events", ADMIN);
    notice(server, "call_a");
    assert.deepEqual(await reader.next(), {
      name: "notice",
      id: "run1-2",
      data:
        '{"callId":"call_a","at":"2027-01-01T00:00:00.000Z","event":{"type":"notice","code":"filler"}}',
    });
    await reader.close();
  }));

Deno.test("GET /api/events goes on behind the last event that was read", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    const reader = await watch(server, "/api/events", ALICE);
    notice(server, "call_a");
    const last = await reader.next();
    await reader.close();
    server.events.publish("call_a", { type: "speaking", who: "caller", on: true });
    server.events.publish("call_a", ended);
    const again = await watch(server, "/api/events", ALICE, last?.id);
    assert.deepEqual((await again.take(2)).map(({ name }) => name), ["speaking", "ended"]);
    await again.close();
  }));

Deno.test("GET /api/events shows a key its own calls only, and an admin all", () =>
  withApi({}, async (server) => {
    const [alice, bob, admin] = await Promise.all([
      watch(server, "/api/events", ALICE),
      watch(server, "/api/events", BOB),
      watch(server, "/api/events", ADMIN),
    ]);
    await begin(server, "call_a", "alice");
    await begin(server, "call_b", "bob");
    server.events.publish("call_web", started);
    const callIn = (event?: { data: string }) => JSON.parse(event?.data ?? "{}").callId;
    assert.equal(callIn(await alice.next()), "call_a");
    assert.equal(callIn(await bob.next()), "call_b");
    assert.deepEqual((await admin.take(3)).map(callIn), ["call_a", "call_b", "call_web"]);
    notice(server, "call_a");
    assert.equal(callIn(await alice.next()), "call_a");
    await Promise.all([alice.close(), bob.close(), admin.close()]);
  }));

Deno.test("GET /api/events sends a reader that comes back too late a missed event", () =>
  withApi({ maxEvents: 3 }, async (server) => {
    await begin(server, "call_a", "alice");
    for (let i = 0; i < 5; i++) notice(server, "call_a");
    const late = await watch(server, "/api/events", ADMIN, "run1-1");
    const [missed, ...events] = await late.take(4);
    assert.deepEqual([missed?.name, missed?.data], ["missed", '{"why":"too_late"}']);
    assert.deepEqual(events.map(({ id }) => id), ["run1-4", "run1-5", "run1-6"]);
    await late.close();
    const other = await watch(server, "/api/events", ADMIN, "run0-6");
    const [restarted, first] = await other.take(2);
    assert.deepEqual([restarted?.name, restarted?.data], ["missed", '{"why":"restarted"}']);
    assert.equal(first?.id, "run1-4");
    await other.close();
  }));

Deno.test("GET /api/events keeps nothing for a reader that stops, and says so afterwards", () =>
  withApi({ maxEvents: 10 }, async (server) => {
    const reader = await watch(server, "/api/events", ADMIN);
    await begin(server, "call_a", "alice");
    await reader.next();
    for (let i = 0; i < 1000; i++) {
      notice(server, "call_a");
      // The hub delivers in a microtask: without a pause it would drop events itself.
      await Promise.resolve();
    }
    let event = await reader.next();
    // What was on its way when it stopped comes first.
    while (event?.name === "notice") event = await reader.next();
    assert.equal(event?.name, "missed");
    assert.equal((await reader.next())?.id, "run1-992");
    await reader.close();
  }));

Deno.test("case 156: a stream ends when its key expires, and no other with it", async () => {
  const expiresAt = Date.UTC(2027, 0, 2);
  let at = expiresAt - 20;
  await withApi({ wallClock: () => at }, async (server) => {
    const guest = await watch(server, "/api/events", GUEST);
    const other = await watch(server, "/api/events", ALICE);
    at = expiresAt;
    assert.equal(await guest.next(), undefined);
    assert.deepEqual(await problemOf(await server.ask("/api/events", GUEST)), [401, "key_expired"]);
    await begin(server, "call_a", "alice");
    assert.equal((await other.next())?.name, "started");
    await other.close();
  });
});

Deno.test("case 157: a reader gets what it has missed in pages of some 64 KB, and all of it", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    const text = "x".repeat(20_000);
    for (let at = 0; at < 20; at++) {
      server.events.publish("call_a", {
        type: "turn",
        turn: turn({ id: `t${at}`, text }),
      });
      await Promise.resolve();
    }
    const response = await server.ask("/api/calls/call_a/events", ALICE);
    assert.ok(response.body !== null);
    const sizes: number[] = [];
    let all = 0;
    for await (const chunk of response.body) {
      sizes.push(chunk.length);
      all += chunk.length;
      if (all > 20 * text.length) break;
    }
    assert.ok(Math.max(...sizes) < 64 * 1024 + 2 * text.length, `${sizes}`);
    assert.ok(sizes.length > 4);
  }));

for (const id of ["", "x", "run1-", "run1--1", "run1-99999999999999999999", "\u00ff", "-1"]) {
  Deno.test(`GET /api/events takes "${id}" for the id of another run`, () =>
    withApi({}, async (server) => {
      await begin(server, "call_a", "alice");
      const reader = await watch(server, "/api/events", ADMIN, id);
      assert.equal((await reader.next())?.name, "missed");
      await reader.close();
    }));
}

Deno.test("GET /api/events waits at the end for an id that is still to come", () =>
  withApi({}, async (server) => {
    const reader = await watch(server, "/api/events", ADMIN, "run1-500");
    await begin(server, "call_a", "alice");
    assert.equal((await reader.next())?.id, "run1-1");
    await reader.close();
  }));

Deno.test("GET /api/events refuses an endless id", () =>
  withApi({}, async ({ ask }) => {
    const headers = { "last-event-id": "1".repeat(1001) };
    const refused = await ask("/api/events", ADMIN, { headers });
    assert.deepEqual(await problemOf(refused), [422, "invalid_request"]);
  }));

Deno.test("GET /api/events gives a sign of life while nothing happens", () =>
  withApi({ heartbeatMs: 1 }, async (server) => {
    const reader = await watch(server, "/api/events", ADMIN);
    assert.deepEqual(await reader.next(), { name: "comment", id: "", data: "still here" });
    await reader.close();
  }));

Deno.test("GET /api/events opens no more streams than a key may have", () =>
  withApi({ maxStreamsPerKey: 2 }, async (server) => {
    const readers = [
      await watch(server, "/api/events", ALICE),
      await watch(server, "/api/events", ALICE),
    ];
    const refused = await server.ask("/api/events", ALICE);
    assert.equal(refused.headers.get("retry-after"), "10");
    assert.deepEqual(await problemOf(refused), [429, "too_many_streams"]);
    await (await watch(server, "/api/events", BOB)).close();
    await readers[0]?.close();
    await (await watch(server, "/api/events", ALICE)).close();
    await readers[1]?.close();
  }));

Deno.test("HEAD of event streams opens none", () =>
  withApi({ maxStreamsPerKey: 1 }, async (server) => {
    await begin(server, "call_a", "alice");
    for (const path of ["/api/events", "/api/calls/call_a/events"]) {
      const asked = await server.ask(path, ALICE, { method: "HEAD" });
      assert.equal(asked.status, 200);
      assert.match(asked.headers.get("content-type") ?? "", /^text\/event-stream/);
      await (await watch(server, path, ALICE)).close();
    }
  }));

Deno.test("GET /api/calls/:id/events sends one call from its beginning to its end", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    await begin(server, "call_b", "alice");
    notice(server, "call_a");
    const reader = await watch(server, "/api/calls/call_a/events", ALICE);
    server.events.publish("call_a", ended);
    const events = await reader.take(10);
    assert.deepEqual(events.map(({ name }) => name), ["started", "notice", "ended"]);
  }));

Deno.test("GET /api/calls/:id/events has a browser stop reconnecting when all has been sent", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    server.events.publish("call_a", ended);
    await server.remember({ id: "call_a", keyName: "alice" }, {});
    const reader = await watch(server, "/api/calls/call_a/events", ALICE);
    const last = (await reader.take(10)).at(-1);
    assert.equal(last?.name, "ended");
    const again = await server.ask("/api/calls/call_a/events", ALICE, {
      headers: { "last-event-id": last?.id ?? "" },
    });
    assert.equal(again.status, 204);
  }));

Deno.test("GET /api/calls/:id/events waits for an end that is recorded and still on its way", () =>
  withApi({}, async (server) => {
    await begin(server, "call_a", "alice");
    await server.remember({ id: "call_a", keyName: "alice" }, { endedAt: now });
    const reader = await watch(server, "/api/calls/call_a/events", ALICE, "run1-1");
    server.events.publish("call_a", ended);
    assert.equal((await reader.next())?.name, "ended");
    assert.equal(await reader.next(), undefined);
  }));

Deno.test("GET /api/calls/:id/events does not wait for an end that is long past", () =>
  withApi({ heartbeatMs: 1 }, async (server) => {
    await begin(server, "call_a", "alice");
    const reader = await watch(server, "/api/calls/call_a/events", ALICE);
    assert.equal((await reader.next())?.name, "started");
    await server.remember({ id: "call_a", keyName: "alice" }, { endedAt: now - 60_000 });
    // How many signs of life come before the end is known depends on how busy the machine is.
    const signs = await reader.take(10_000);
    assert.ok(signs.length >= 2 && signs.length < 10_000, `${signs.length}`);
    assert.ok(signs.every(({ name }) => name === "comment"));
    const again = await server.ask("/api/calls/call_a/events", ALICE, {
      headers: { "last-event-id": "run1-1" },
    });
    assert.equal(again.status, 204);
  }));

Deno.test("GET /api/events ends when the server does, over a real socket", () =>
  withApi({}, async (server) => {
    const http = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => server.router.fetch(request, { remoteAddress: "127.0.0.1" }),
    );
    const response = await fetch(`http://127.0.0.1:${http.addr.port}/api/events`, {
      headers: { "x-api-key": ADMIN },
    });
    const reader = new EventReader(response);
    await begin(server, "call_a", "alice");
    assert.equal((await reader.next())?.name, "started");
    server.log.close();
    assert.equal(await reader.next(), undefined);
    await http.shutdown();
  }));
