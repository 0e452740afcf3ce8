import assert from "node:assert/strict";
import { CallRefused } from "../../src/call/registry.ts";
import { HttpProblem } from "../../src/routes/middleware/httpProblem.ts";
import { createBaseRouter, type Router } from "../../src/routes/baseRouter.ts";
import { type HealthDeps, healthRoutes } from "../../src/routes/health.ts";

interface Line {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function startRouter(
  { mount = () => {}, health = {} }: {
    readonly mount?: (router: Router) => void;
    readonly health?: Partial<HealthDeps>;
  } = {},
) {
  const logged: Line[] = [];
  const log = (message: string, fields: Line["fields"]) => void logged.push({ message, fields });
  let ids = 0;
  const router = createBaseRouter({
    allowedOrigins: ["https://app.example.com"],
    newRequestId: () => `req_${++ids}`,
    now: () => 0,
    log: { debug() {}, info: log, error: log },
  });
  router.route(
    "/",
    healthRoutes({
      calls: { size: 2, refusal: undefined },
      maxCalls: 5,
      isDraining: () => false,
      uptimeSeconds: () => 61.7,
      ...health,
    }),
  );
  mount(router);
  const ask = (path: string, init?: RequestInit) =>
    router.request(path, init, { remoteAddress: "127.0.0.1" });
  return { ask, logged };
}

Deno.test("every answer has a request id and security headers, errors included", async () => {
  const { ask } = startRouter();
  for (const path of ["/health", "/nowhere"]) {
    const { headers } = await ask(path);
    assert.match(headers.get("x-request-id") ?? "", /^req_\d$/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }
});

Deno.test("a route's own security headers stay", async () => {
  const { ask } = startRouter({
    mount: (router) =>
      void router.get("/page", (c) => c.text("hi", 200, { "Content-Security-Policy": "mine" })),
  });
  assert.equal((await ask("/page")).headers.get("content-security-policy"), "mine");
});

Deno.test("what the pages are made of, and what is asked for all the time, does not fill the log", async () => {
  const { ask, logged } = startRouter({
    mount(router) {
      router.get("/assets/:file", (c) => c.text("", c.req.param("file") === "a" ? 200 : 404));
      router.get("/api/calls", (c) => c.text(""));
    },
  });
  for (const path of ["/health", "/assets/a", "/api/calls", "/assets/b"]) await ask(path);
  assert.deepEqual(logged.map(({ fields }) => [fields["route"], fields["status"]]), [
    ["/api/calls", 200],
    ["/assets/:file", 404],
  ]);
});

Deno.test("a client's request id is kept where it is harmless", async () => {
  const { ask } = startRouter();
  const idFor = async (id: string) =>
    (await ask("/health", { headers: { "X-Request-Id": id } })).headers.get("x-request-id");
  assert.equal(await idFor("abc-123"), "abc-123");
  assert.equal(await idFor("a b"), "req_1");
  assert.equal(await idFor("x".repeat(101)), "req_2");
});

Deno.test("what is thrown becomes the one error shape, and surprises stay in the log", async () => {
  const thrown: Readonly<Record<string, Error>> = {
    "/problem": new HttpProblem(409, "taken", "It is taken.", {
      details: { by: 1 },
      retryAfterSeconds: 3,
    }),
    "/refused": new CallRefused("full"),
    "/bug": new TypeError("secret detail"),
  };
  const { ask, logged } = startRouter({
    mount(router) {
      for (const [path, error] of Object.entries(thrown)) {
        router.get(path, () => {
          throw error;
        });
      }
    },
  });
  const problem = await ask("/problem");
  assert.equal(problem.headers.get("retry-after"), "3");
  assert.deepEqual(await problem.json(), {
    error: "It is taken.",
    code: "taken",
    requestId: "req_1",
    details: { by: 1 },
  });
  const refused = await ask("/refused");
  assert.deepEqual([refused.status, (await refused.json()).code], [503, "full"]);
  const bug = await ask("/bug");
  assert.equal(bug.status, 500);
  assert.equal((await bug.text()).includes("secret"), false);
  assert.equal(logged.filter(({ message }) => message === "Request failed").length, 1);
  const missing = await ask("/nowhere");
  assert.deepEqual([missing.status, (await missing.json()).code], [404, "not_found"]);
});

Deno.test("the access log has the route's pattern and neither address nor query", async () => {
  const { ask, logged } = startRouter({
    mount: (router) => void router.get("/calls/:number", (c) => c.text("ok")),
  });
  await ask("/calls/+14155550123?token=hush");
  await ask("/nowhere/+14155550123?token=hush");
  assert.deepEqual(logged.map(({ fields }) => [fields["route"], fields["status"]]), [
    ["/calls/:number", 200],
    ["/*", 404],
  ]);
});

Deno.test("CORS lets exactly the listed origins in, without credentials", async () => {
  const { ask } = startRouter();
  const from = async (origin: string) =>
    (await ask("/health", { headers: { Origin: origin } })).headers;
  const allowed = await from("https://app.example.com");
  assert.equal(allowed.get("access-control-allow-origin"), "https://app.example.com");
  assert.equal(allowed.get("access-control-allow-credentials"), null);
  assert.match(allowed.get("vary") ?? "", /Origin/);
  for (
    const origin of ["https://evil.example.com", "https://app.example.com.evil.com", "null"]
  ) {
    const headers = await from(origin);
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.match(headers.get("vary") ?? "", /Origin/);
  }
});

Deno.test("CORS answers a preflight by itself", async () => {
  const { ask } = startRouter();
  const preflight = (origin: string) =>
    ask("/api/outbound/initiate", {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
    });
  const allowed = await preflight("https://app.example.com");
  assert.equal(allowed.status, 204);
  assert.match(allowed.headers.get("access-control-allow-headers") ?? "", /Authorization/);
  const refused = await preflight("https://evil.example.com");
  assert.equal(refused.headers.get("access-control-allow-methods"), null);
});

Deno.test("/health lives on, /ready says why not", async () => {
  const ready = async (health: Partial<HealthDeps>) => {
    const { ask } = startRouter({ health });
    const answer = await ask("/ready");
    return [answer.status, (await answer.json()).status];
  };
  assert.deepEqual(await ready({}), [200, "ready"]);
  assert.deepEqual(await ready({ isDraining: () => true }), [503, "draining"]);
  assert.deepEqual(await ready({ calls: { size: 5, refusal: "full" } }), [503, "full"]);
  assert.deepEqual(await ready({ calls: { size: 2, refusal: "overloaded" } }), [503, "overloaded"]);
  const checks = { store: () => ({ ok: false, detail: "stalled" }) };
  assert.deepEqual(await ready({ checks }), [503, "failing"]);
  const { ask } = startRouter({});
  assert.deepEqual(await (await ask("/health")).json(), {
    status: "ok",
    uptimeSeconds: 61,
    calls: { live: 2, max: 5 },
    checks: {},
    incidents: [],
  });
});
