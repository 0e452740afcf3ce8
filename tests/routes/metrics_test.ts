import assert from "node:assert/strict";
import { metricsRoutes } from "../../src/routes/metrics.ts";
import { ADMIN, ALICE, SCRAPER, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";

const options = {
  mount: (router, { access }) => {
    const metrics = { write: () => "parley_calls_live 0\n" };
    const guesses = { counts: { key: 3, token: 1 } };
    router.route("/", metricsRoutes({ access, metrics, guesses }));
  },
} satisfies Parameters<typeof withApi>[0];

Deno.test("GET /metrics answers in the format of Prometheus", () =>
  withApi({ ...options, keyed: false }, async ({ ask }) => {
    const response = await ask("/metrics");
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    assert.match(text, /^parley_calls_live 0$/m);
    assert.match(text, /^parley_secrets_refused_total\{kind="key"\} 3$/m);
  }));

Deno.test("GET /metrics takes a key with the scope metrics or admin where there are keys", () =>
  withApi(options, async ({ ask }) => {
    assert.deepEqual(await problemOf(await ask("/metrics")), [401, "key_required"]);
    assert.deepEqual(await problemOf(await ask("/metrics", ALICE)), [403, "scope_missing"]);
    assert.equal((await ask("/metrics", SCRAPER)).status, 200);
    assert.equal((await ask("/metrics", ADMIN)).status, 200);
    assert.deepEqual(await problemOf(await ask("/api/calls", SCRAPER)), [403, "scope_missing"]);
  }));
