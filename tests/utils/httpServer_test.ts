import assert from "node:assert/strict";
import { Agent, request as requestBy } from "node:http";
import { type HttpServerOptions, serveHttp } from "../../src/utils/httpServer.ts";
import { sendLines } from "../support/byHand.ts";

async function withServer(
  fetch: HttpServerOptions["fetch"],
  run: (origin: string) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const server = await serveHttp({
    ...{ hostname: "127.0.0.1", port: 0, fetch },
    onError: (error) => errors.push(error),
  });
  try {
    await run(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
  assert.deepEqual(errors, []);
}

/** Asks over a connection that is kept; gives the answer's status and the port asked from. */
function ask(agent: Agent, origin: string, body: string): Promise<readonly [number, number]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly [number, number]>();
  const asked = requestBy(origin, { agent, method: "POST" }, (answer) => {
    const from = asked.socket?.localPort ?? 0;
    answer.on("end", () => resolve([answer.statusCode ?? 0, from])).resume();
  });
  asked.on("error", reject).end(body);
  return promise;
}

Deno.test("serveHttp() hands over what came and sends back what is answered", () =>
  withServer(async (request, { remoteAddress }) => {
    const text = await request.text();
    const { pathname, search } = new URL(request.url);
    return Response.json(
      { method: request.method, at: pathname + search, text, remoteAddress },
      { status: 201, headers: { "x-seen": request.headers.get("x-asked") ?? "" } },
    );
  }, async (origin) => {
    const text = "grüße ".repeat(20_000);
    const answer = await fetch(`${origin}/a%20b?c=d&e=%2B`, {
      method: "PUT",
      headers: { "x-asked": "yes" },
      body: text,
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("x-seen"), "yes");
    const remoteAddress = "127.0.0.1";
    assert.deepEqual(await answer.json(), {
      ...{ method: "PUT", at: "/a%20b?c=d&e=%2B", text, remoteAddress },
    });
  }));

Deno.test("serveHttp() goes on with a connection whose last body nobody has read", () =>
  withServer(() => new Response("no", { status: 401 }), async (origin) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await ask(agent, origin, "x".repeat(3_000_000));
    const second = await ask(agent, origin, "y");
    assert.deepEqual([first[0], second], [401, first]);
    agent.destroy();
  }));

Deno.test("serveHttp() tells a stream that its reader is gone", async () => {
  const gone = Promise.withResolvers<void>();
  await withServer(() =>
    new Response(
      new ReadableStream({
        pull: (controller) =>
          controller.enqueue(new TextEncoder().encode(`:${"x".repeat(4096)}\n\n`)),
        cancel: () => gone.resolve(),
      }),
      { headers: { "content-type": "text/event-stream" } },
    ), async (origin) => {
    const answer = await fetch(origin);
    const reader = answer.body!.getReader();
    assert.ok((await reader.read()).value!.length > 0);
    await reader.cancel();
    await gone.promise;
  });
});

Deno.test("serveHttp() answers those who offer another protocol, or ask for a socket in vain", () =>
  withServer(
    (_request, { acceptSocket }) =>
      new Response(acceptSocket ? "socket" : "plain", { status: 404 }),
    async (origin) => {
      const send = (...lines: string[]) => sendLines(origin, "GET /", lines);
      const socket = await send("Connection: Upgrade", "Upgrade: websocket");
      assert.deepEqual([socket.status, /content-length: (\d)/i.exec(socket.head)?.[1]], [404, "6"]);
      const other = await send("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c");
      assert.deepEqual([other.status, /content-length: (\d)/i.exec(other.head)?.[1]], [404, "5"]);
    },
  ));

Deno.test("serveHttp() refuses what is no request, and headers that are too large", () =>
  withServer(() => new Response("fine"), async (origin) => {
    assert.equal((await sendLines(origin, "GET /", [], "a b")).status, 400);
    assert.equal((await sendLines(origin, "TRACE /", [])).status, 400);
    assert.equal((await sendLines(origin, "GET /", [`X: ${"x".repeat(60_000)}`])).status, 431);
    assert.equal((await sendLines(origin, "GET /", [])).status, 200);
  }));
