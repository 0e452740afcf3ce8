import { strict as assert } from "node:assert";
import { askServer } from "../../../src/cli/doctor/askServer.ts";

const environment = { API_KEYS: "ops:a-secret-of-the-settings;scopes=admin" };

/** A program that says it is this server; `setup` answers the rest. */
function serve(setup: (request: Request) => Response | Promise<Response>) {
  const keys: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (new URL(request.url).pathname === "/health") return Response.json({ uptimeSeconds: 1 });
    keys.push(request.headers.get("authorization") ?? "");
    return setup(request);
  });
  return {
    keys,
    port: server.addr.port,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a server that does not tell of its set-up in time is slow, not absent", async () => {
  await using server = serve(({ signal }) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(new Response())))
  );
  const answer = await askServer({ host: "127.0.0.1", port: server.port }, environment, {
    patienceMs: 50,
  });
  assert.deepEqual(answer, { state: "slow" });
});

Deno.test("of an answer without an end no more is read than the set-up could have", async () => {
  let sent = 0;
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(64 * 1024).fill(32));
          sent += 64 * 1024;
        },
      }),
    )
  );
  const answer = await askServer({ host: "127.0.0.1", port: server.port }, environment);
  assert.deepEqual(answer, { state: "absent" });
  assert.ok(sent < 16 * 1024 * 1024, String(sent));
});

Deno.test("a server on all addresses is asked at that of this machine, with a key", async () => {
  await using server = serve(() => Response.json({ checks: [] }));
  const answer = await askServer({ host: "0.0.0.0", port: server.port }, environment);
  assert.deepEqual(answer, { state: "answered", checks: [] });
  assert.deepEqual(server.keys, ["Bearer a-secret-of-the-settings"]);
});

Deno.test("where a key may read the set-up and nothing else, no other is sent", async () => {
  await using server = serve(() => Response.json({ requestId: "a" }, { status: 403 }));
  const keys = "ops:a-secret;scopes=admin,look:a-narrow-one;expires=2099-12-31;scopes=setup:read";
  const at = { host: "127.0.0.1", port: server.port };
  assert.deepEqual(await askServer(at, { API_KEYS: keys }), { state: "refused" });
  assert.deepEqual(server.keys, ["Bearer a-narrow-one", ""], "and none at last");
});
