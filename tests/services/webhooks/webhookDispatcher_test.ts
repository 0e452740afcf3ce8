import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { createCompletionDispatcher } from "../../../src/services/records/completionDispatcher.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import {
  createWebhookDispatcher,
  type WebhookDispatcher,
  type WebhookDispatcherOptions,
} from "../../../src/services/webhooks/webhookDispatcher.ts";
import { retryDelayMs } from "../../../src/services/webhooks/webhookDelivery.ts";
import { readWebhookSecret } from "../../../src/utils/webhookSignature.ts";
import { Inbox } from "../../support/inbox.ts";
import { settled } from "../../support/until.ts";
import { ended, opened, said } from "../../support/store/storedCalls.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const secret = readWebhookSecret(SECRET)!;

const started: CallEvent = { type: "started", direction: "outbound", agent: "receptionist" };

interface Received {
  readonly headers: Headers;
  readonly text: string;
  readonly json: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

/** The operator's server, with answers set by the test. */
function startReceiver(answer: (received: Received, before: number) => Response) {
  const inbox = new Inbox<Received>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const text = await request.text();
    const received = { headers: request.headers, text, json: JSON.parse(text) };
    const response = answer(received, inbox.all.length);
    inbox.add(received);
    return response;
  });
  return { inbox, url: `http://127.0.0.1:${server.addr.port}/hook`, stop: () => server.shutdown() };
}

/** Virtual time that the test advances; short delays are over at once. */
function createClock() {
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  let now = Date.UTC(2027, 0, 1);
  return {
    now: () => now,
    setTimer(wake: () => void, delayMs: number) {
      if (delayMs <= 50) {
        const real = setTimeout(wake, 0);
        return () => clearTimeout(real);
      }
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.wake();
      }
    },
  };
}

interface Setup {
  readonly store: Store;
  readonly hub: ReturnType<typeof createEventHub>;
  readonly clock: ReturnType<typeof createClock>;
  readonly inbox: Inbox<Received>;
  /** What was written down of failed attempts. */
  readonly failures: Inbox<string>;
  readonly webhooks: WebhookDispatcher;
  restart(): Promise<WebhookDispatcher>;
}

async function withWebhooks(
  answer: (received: Received, before: number) => Response,
  run: (setup: Setup) => Promise<void>,
  options: Partial<WebhookDispatcherOptions> = {},
): Promise<void> {
  const clock = createClock();
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: clock.now });
  const receiver = startReceiver(answer);
  const hub = createEventHub(clock.now);
  const failures = new Inbox<string>();
  const outbox: Store["outbox"] = {
    ...store.outbox,
    async markFailed(id, error, next, now) {
      await store.outbox.markFailed(id, error, next, now);
      failures.add(error);
    },
  };
  const start = () =>
    createWebhookDispatcher({
      url: receiver.url,
      secrets: [secret],
      events: hub,
      outbox,
      keyOf: () => "alice",
      newId: () => "evt_test",
      now: clock.now,
      random: () => 0,
      setTimer: clock.setTimer,
      log: { warn() {} },
      ...options,
    });
  let webhooks = start();
  try {
    await run({
      store,
      hub,
      clock,
      inbox: receiver.inbox,
      failures,
      webhooks,
      async restart() {
        await webhooks.close();
        return webhooks = start();
      },
    });
  } finally {
    await webhooks.close();
    await receiver.stop();
    await store.close();
  }
}

const fine = () => new Response(null, { status: 204 });

Deno.test("retryDelayMs() waits ever longer, never longer than asked for plus a fifth, then gives up", () => {
  const delays = Array.from({ length: 20 }, (_, at) => retryDelayMs(at + 1, 0));
  const tries = delays.filter((delay) => delay !== undefined);
  assert.deepEqual([tries[0], tries.at(-1), tries.length], [5000, 21_600_000, 11]);
  assert.deepEqual(tries, tries.toSorted((a, b) => a - b));
  assert.equal(retryDelayMs(1, 1), 6000);
  assert.equal(retryDelayMs(1, 0, 60_000), 60_000);
  assert.equal(retryDelayMs(1, 0, 1e12), 21_600_000);
  assert.equal(retryDelayMs(12, 0, 1), undefined);
});

Deno.test("createWebhookDispatcher() sends the events of a call, signed", () =>
  withWebhooks(fine, async ({ hub, inbox, clock }) => {
    const events: readonly CallEvent[] = [
      started,
      { type: "connected", format: "pcmu" },
      { type: "toolEnded", toolCallId: "t1", name: "x", ok: true, output: "", durationMs: 1 },
      { type: "toolEnded", toolCallId: "t2", name: "y", ok: false, output: "no", durationMs: 2 },
      {
        ...{ type: "transfer", number: 1, alias: "sales", mode: "cold" },
        ...{ step: "requested", by: "agent" },
      },
    ];
    for (const event of events) hub.publish("call_a", event);
    const received = await inbox.when((all) => all.length === 4);
    assert.deepEqual(received.map(({ json }) => json.type).sort(), [
      "call.answered",
      "call.started",
      "call.transferred",
      "tool.failed",
    ]);
    for (const { headers, text } of received) {
      const id = headers.get("webhook-id");
      const timestamp = headers.get("webhook-timestamp");
      assert.equal(timestamp, String(clock.now() / 1000));
      const mac = createHmac("sha256", secret).update(`${id}.${timestamp}.${text}`);
      assert.equal(headers.get("webhook-signature"), `v1,${mac.digest("base64")}`);
      assert.equal(headers.get("content-type"), "application/json");
    }
    const failed = received.find(({ json }) => json.type === "tool.failed");
    assert.deepEqual(failed?.json, {
      type: "tool.failed",
      timestamp: "2027-01-01T00:00:00.000Z",
      data: {
        callId: "call_a",
        key: "alice",
        toolCallId: "t2",
        name: "y",
        output: "no",
        error: null,
        durationMs: 2,
      },
    });
  }));

Deno.test("createWebhookDispatcher() tries again later, under the same id, until it is taken", () =>
  withWebhooks(
    (_, before) => new Response(null, { status: before < 2 ? 500 : 200 }),
    async ({ hub, inbox, failures, clock, store }) => {
      hub.publish("call_a", started);
      await failures.when((all) => all.length === 1);
      clock.pass(4999);
      assert.equal(inbox.all.length, 1);
      clock.pass(1);
      await failures.when((all) => all.length === 2);
      clock.pass(30_000);
      const [first, , third] = await inbox.when((all) => all.length === 3);
      assert.equal(first?.headers.get("webhook-id"), third?.headers.get("webhook-id"));
      assert.notEqual(
        first?.headers.get("webhook-timestamp"),
        third?.headers.get("webhook-timestamp"),
      );
      assert.deepEqual(failures.all, ["answered 500", "answered 500"]);
      assert.deepEqual(await store.outbox.deadLetters({ limit: 10 }), []);
    },
  ));

Deno.test("createWebhookDispatcher() waits as long as the receiver asks for", () =>
  withWebhooks(
    (_, before) =>
      new Response(null, { status: 503, headers: { "retry-after": before ? "0" : "60" } }),
    async ({ hub, inbox, failures, clock, store }) => {
      hub.publish("call_a", started);
      await failures.when((all) => all.length === 1);
      assert.equal(await store.outbox.nextDue(), clock.now() + 60_000);
      clock.pass(60_000);
      await inbox.when((all) => all.length === 2);
      await failures.when((all) => all.length === 2);
    },
  ));

Deno.test("createWebhookDispatcher() follows no redirect", () =>
  withWebhooks(
    () => Response.redirect("http://169.254.169.254/latest", 307),
    async ({ hub, failures }) => {
      hub.publish("call_a", started);
      await failures.when((all) => all.length === 1);
      assert.deepEqual(failures.all, ["answered 307"]);
    },
  ));

Deno.test("createWebhookDispatcher() gives up at once on a receiver that is gone, and sends again when asked", () =>
  withWebhooks(
    (_, before) => new Response(null, { status: before === 0 ? 410 : 200 }),
    async ({ hub, inbox, failures, store, webhooks }) => {
      hub.publish("call_a", started);
      await failures.when((all) => all.length === 1);
      const [dead] = await store.outbox.deadLetters({ limit: 10 });
      assert.deepEqual([dead?.id, dead?.lastError], ["evt_call_a_call_started", "answered 410"]);
      assert.equal(await webhooks.resend("evt_other"), false);
      assert.equal(await webhooks.resend("evt_call_a_call_started"), true);
      await inbox.when((all) => all.length === 2);
    },
  ));

Deno.test("createWebhookDispatcher() gives up after the last try", () =>
  withWebhooks(
    () => new Response(null, { status: 500 }),
    async ({ hub, failures, clock, store, webhooks }) => {
      hub.publish("call_a", started);
      for (let tries = 1; tries <= 12; tries++) {
        await failures.when((all) => all.length === tries);
        clock.pass(7 * 60 * 60_000);
      }
      assert.equal((await store.outbox.deadLetters({ limit: 10 })).length, 1);
      assert.deepEqual({ ...webhooks.counts }, { delivered: 0, failed: 12, dead: 1 });
    },
  ));

Deno.test("createWebhookDispatcher() delivers after a restart what could not be delivered before", () =>
  withWebhooks(
    (_, before) => new Response(null, { status: before === 0 ? 500 : 200 }),
    async ({ hub, inbox, failures, clock, restart }) => {
      hub.publish("call_a", started);
      await failures.when((all) => all.length === 1);
      await restart();
      clock.pass(60_000);
      await inbox.when((all) => all.length === 2);
    },
  ));

Deno.test("createWebhookDispatcher() sends only so many at a time", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  let [taken, done, most] = [0, 0, 0];
  const outbox: Store["outbox"] = {
    ...store.outbox,
    async claim(now, options) {
      const claimed = await store.outbox.claim(now, options);
      taken += claimed.length;
      most = Math.max(most, taken - done);
      return claimed;
    },
    async markDelivered(id) {
      await store.outbox.markDelivered(id);
      done++;
    },
  };
  await withWebhooks(fine, async ({ hub, inbox }) => {
    for (let i = 0; i < 20; i++) hub.publish(`call_${i}`, started);
    await inbox.when((all) => all.length === 20);
  }, { outbox, maxConcurrent: 3 });
  await store.close();
  assert.equal(most, 3);
});

Deno.test("createWebhookDispatcher() keeps what happens while the store fails", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  let broken = true;
  const outbox: Store["outbox"] = {
    ...store.outbox,
    enqueue: (deliveries, now) =>
      broken ? Promise.reject(new Error("disk full")) : store.outbox.enqueue(deliveries, now),
  };
  await withWebhooks(fine, async ({ hub, inbox, clock }) => {
    hub.publish("call_a", started);
    await settled();
    broken = false;
    clock.pass(1000);
    await inbox.when((all) => all.length === 1);
  }, { outbox });
  await store.close();
});

Deno.test("createWebhookDispatcher() loses no more than it must while the store is slow and more comes than it keeps", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const begun = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  const outbox: Store["outbox"] = {
    ...store.outbox,
    async enqueue(messages, now) {
      begun.resolve();
      await slow.promise;
      await store.outbox.enqueue(messages, now);
    },
  };
  await withWebhooks(fine, async ({ hub, inbox }) => {
    hub.publish("call_a", started);
    await begun.promise;
    // There is room for two: the first, which is on its way into the store, gives up its place.
    hub.publish("call_b", started);
    hub.publish("call_c", started);
    slow.resolve();
    const told = await inbox.when((all) => all.length === 3);
    assert.deepEqual(told.map(({ json }) => json.data.callId).sort(), [
      "call_a",
      "call_b",
      "call_c",
    ]);
  }, { outbox, maxWaiting: 2 });
  await store.close();
});

Deno.test("createCompletionDispatcher() dispatches once of a call, with its transcript and cost, when it is recorded", () =>
  withWebhooks(fine, async ({ hub, inbox, clock, store, webhooks }) => {
    const cost = { usd: 0.5, parts: { text: 0, audio: 0.5, transcription: 0, telephony: null } };
    let failing = true;
    const completion = createCompletionDispatcher({
      events: hub,
      async flush() {
        if (failing) throw new Error("disk full");
        await store.calls.write([
          opened({ id: "call_a", startedAt: clock.now() }),
          said("call_a", { id: "t1", text: "Hello?" }),
          ended("call_a", { endedAt: clock.now(), cost }),
        ]);
      },
      callStore: store.calls,
      eraseIfDue: () => Promise.resolve(false),
      random: () => 0,
      incidents: { report() {}, resolve() {} },
      now: clock.now,
      setTimer: clock.setTimer,
      log: { warn: () => failing = false },
    });
    completion.onComplete(webhooks.enqueueEnded);
    completion.start();
    const end = { type: "ended", end: { reason: "idle" }, durationMs: 1 } as const;
    hub.publish("call_a", end);
    await settled();
    clock.pass(1000);
    const { json } = await inbox.find(({ json }) => json.type === "call.ended");
    assert.deepEqual(json.data.cost, cost);
    assert.deepEqual(json.data.turns, [{
      id: "t1",
      role: "caller",
      agent: null,
      text: "Hello?",
      interrupted: false,
      unheard: null,
      by: "voice",
      final: true,
      startedMs: 0,
      endedMs: null,
    }]);
    completion.enqueue("call_unknown");
    await completion.close();
    await webhooks.close();
    assert.equal(inbox.all.length, 1);
  }));
