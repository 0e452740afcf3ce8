import assert from "node:assert/strict";
import { webhooksRoutes } from "../../src/routes/webhooks.ts";
import type { Store } from "../../src/services/store/store.ts";
import { ADMIN, ALICE, type ApiServerOptions, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";

const post = { method: "POST" };

function withWebhook(configured = true): ApiServerOptions {
  return {
    mount(router, { access, store: { outbox } }) {
      const webhooks = {
        sendTest: () => Promise.resolve("evt_test"),
        resend: (id: string) => outbox.resend(id, 0),
      };
      router.route("/", webhooksRoutes({ access, outbox, ...(configured && { webhooks }) }));
    },
  };
}

async function die({ outbox }: Store, id: string, at: number): Promise<void> {
  await outbox.enqueue([
    { id, endpoint: "https://a.example", eventType: "call.ended", callId: "call_a", payload: "{}" },
  ], 0);
  await outbox.markFailed(id, "answered 500", "dead", at);
}

Deno.test("GET /api/webhooks/deliveries lists dead letters, the latest first", () =>
  withApi(withWebhook(), async ({ ask, store }) => {
    for (const at of [1000, 2000, 3000]) await die(store, `evt_${at}`, at);
    await die(store, "evt_2000-b", 2000);
    const first = await (await ask("/api/webhooks/deliveries?state=dead&limit=2", ADMIN)).json();
    assert.deepEqual(first.deliveries[0], {
      id: "evt_3000",
      state: "dead",
      type: "call.ended",
      callId: "call_a",
      attempts: 0,
      createdAt: "1970-01-01T00:00:00.000Z",
      deadAt: "1970-01-01T00:00:03.000Z",
      lastError: "answered 500",
    });
    const path = `/api/webhooks/deliveries?after=${first.next}`;
    const rest = await (await ask(path, ADMIN)).json();
    assert.deepEqual(
      [...first.deliveries, ...rest.deliveries].map(({ id }: { id: string }) => id),
      ["evt_3000", "evt_2000", "evt_2000-b", "evt_1000"],
    );
    assert.equal(rest.next, null);
    const wrong = await ask("/api/webhooks/deliveries?after=yesterday", ADMIN);
    assert.deepEqual(await problemOf(wrong), [422, "invalid_request"]);
  }));

Deno.test("POST /api/webhooks/deliveries/:id/resend revives a dead letter once", () =>
  withApi(withWebhook(), async ({ ask, store }) => {
    await die(store, "evt_1", 1000);
    const path = "/api/webhooks/deliveries/evt_1/resend";
    assert.equal((await ask(path, ADMIN, post)).status, 202);
    assert.deepEqual(await problemOf(await ask(path, ADMIN, post)), [404, "unknown_delivery"]);
    assert.equal((await store.outbox.claim(1, { limit: 5, leaseMs: 1 })).length, 1);
    const wrong = await ask("/api/webhooks/deliveries/%27%20OR%201/resend", ADMIN, post);
    assert.deepEqual(await problemOf(wrong), [422, "invalid_request"]);
  }));

Deno.test("the webhooks' routes are an admin's, and say so where no webhook is set up", () =>
  withApi(withWebhook(false), async ({ ask }) => {
    const list = await ask("/api/webhooks/deliveries", ALICE);
    assert.deepEqual(await problemOf(list), [403, "scope_missing"]);
    assert.equal((await ask("/api/webhooks/deliveries", ADMIN)).status, 200);
    const test = await ask("/api/webhooks/test", ADMIN, post);
    assert.deepEqual(await problemOf(test), [503, "webhooks_not_configured"]);
    const state = await ask("/api/webhooks/deliveries?state=alive", ADMIN);
    assert.deepEqual(await problemOf(state), [422, "invalid_request"]);
  }));
