import { equal, rejects } from "node:assert/strict";
import { McpConnection } from "../../../../src/services/tools/mcp/mcpConnection.ts";
import { startMcpServer } from "../../../../src/sim/mcp/mcpServer.ts";
import { setTimer as realTimer } from "../../../../src/utils/clock.ts";
import { createIncidents } from "../../../../src/utils/incidents.ts";
import { until } from "../../../support/until.ts";

const CHANGED = `data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n`;
const PING = `data: {"jsonrpc":"2.0","id":"done","method":"ping"}\n\n`;

Deno.test("a server that says a thousand times that its tools have changed is asked once, and later", async () => {
  await using server = hostile({ stream: CHANGED.repeat(1000) + PING });
  await using one = connected(server.url);
  await until(() => server.seen, (seen) => seen.includes("ping answered"));
  equal(server.seen.filter((what) => what === "tools/list").length, 1);
  equal(one.waits.at(-1), 500);
});

Deno.test("a server that connects and breaks off again and again is left alone for longer each time", async () => {
  await using server = hostile({ stream: `data: ${"x".repeat(1_100_000)}` });
  await using one = connected(server.url);
  await until(() => one.waits, (waits) => waits.includes(1000));
  equal(one.connection.state.status, "away");
  equal(server.seen.filter((what) => what === "initialize").length, 4);
});

Deno.test("a server that does not answer does not hold up the end", async () => {
  for (const silent of ["DELETE", "initialize"]) {
    await using server = hostile({ silent });
    const { connection } = connected(server.url);
    await until(
      () => server.seen,
      (seen) => seen.includes(silent === "DELETE" ? "tools/list" : silent),
    );
    if (silent === "DELETE") await connection.tried;
    await connection.close();
  }
});

Deno.test("a server that repeats what it was sent tells the model no secret", async () => {
  const server = startMcpServer({
    tools: [
      { name: "echo", inputSchema: { type: "object" }, run: () => "you sent sk-12345678" },
      {
        name: "fail",
        inputSchema: { type: "object" },
        run: () => Promise.reject(new Error("bad key sk-12345678")),
      },
    ],
  });
  try {
    await using one = connected(server.url, realTimer);
    await one.connection.tried;
    const limits = { signal: new AbortController().signal, timeoutMs: 10_000 };
    equal((await one.connection.call("echo", {}, limits)).text, "you sent ••••");
    await rejects(one.connection.call("fail", {}, limits), ({ message }) => {
      return message.includes("bad key ••••");
    });
  } finally {
    await server.close();
  }
});

for (const answers of [false, true]) {
  Deno.test(`a stream that ${answers ? "goes on behind" : "never brings"} the answer is closed, and not asked for again`, async () => {
    await using server = streaming(answers);
    await using one = connected(server.url);
    await one.connection.tried;
    const limits = { signal: new AbortController().signal, timeoutMs: answers ? 10_000 : 50 };
    // What was to be asked for again would have been by the second time.
    for (let times = 1; times <= 2; times++) {
      const asked = one.connection.call("echo", {}, limits);
      if (answers) equal((await asked).text, "here it is");
      else await rejects(asked, { code: "timeout" });
      await until(() => server.open, (open) => open === 0);
      equal(server.begun, times);
    }
    equal(server.resumed, 0);
    equal(one.connection.state.status, "ready");
  });
}

/** Answers to calls of tools come as streams of numbered events that never end. */
function streaming(answers: boolean) {
  let begun = 0;
  let open = 0;
  let resumed = 0;
  const stop = new AbortController();
  const http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} },
    async (request) => {
      if (request.headers.has("last-event-id")) resumed++;
      if (request.method !== "POST") return new Response(null, { status: 405 });
      const { id, method } = await request.json();
      if (method === "tools/call") {
        const result = { content: [{ type: "text", text: "here it is" }] };
        const answer = `id: 2\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`;
        begun++;
        open++;
        const body = new ReadableStream({
          start: (controller) =>
            controller.enqueue(
              new TextEncoder().encode(`id: 1\nretry: 1\ndata:\n\n${answers ? answer : ""}`),
            ),
          cancel: () => void open--,
        });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
      }
      if (id === undefined) return new Response(null, { status: 202 });
      const tools = [{ name: "echo", inputSchema: { type: "object" } }];
      const result = method === "tools/list" ? { tools } : {
        protocolVersion: "2025-03-26",
        capabilities: { tools: {} },
        serverInfo: { name: "streaming", version: "1" },
      };
      return Response.json({ jsonrpc: "2.0", id, result });
    },
  );
  return {
    url: `http://127.0.0.1:${http.addr.port}/mcp`,
    get begun(): number {
      return begun;
    },
    get open(): number {
      return open;
    },
    get resumed(): number {
      return resumed;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await http.finished;
    },
  };
}

/** `stream` is what it says by itself, after the first list; requests that are `silent` get no answer. */
function hostile({ stream, silent }: { readonly stream?: string; readonly silent?: string }) {
  const seen: string[] = [];
  const stop = new AbortController();
  const listed = Promise.withResolvers<void>();
  const said = (text: string) =>
    new ReadableStream({
      async start(controller) {
        await listed.promise;
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  const http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") {
        return stream === undefined
          ? new Response(null, { status: 405 })
          : new Response(said(stream), { headers: { "content-type": "text/event-stream" } });
      }
      const message = request.method === "POST" ? await request.json() : { method: "DELETE" };
      const what = message.id === "done" ? "ping answered" : message.method;
      seen.push(what);
      if (what === "tools/list") listed.resolve();
      if (what === silent) await new Promise<void>((end) => stop.signal.onabort = () => end());
      const result = what === "tools/list" ? { tools: [] } : {
        protocolVersion: "2025-03-26",
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "hostile", version: "1" },
      };
      return what === "initialize" || what === "tools/list"
        ? Response.json({ jsonrpc: "2.0", id: message.id, result }, {
          headers: { "mcp-session-id": "s1" },
        })
        : new Response(null, { status: 202 });
    },
  );
  return {
    url: `http://127.0.0.1:${http.addr.port}/mcp`,
    seen,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await http.finished;
    },
  };
}

/** Waits for nothing, unless it is given a timer: `waits` are what it would have waited, in milliseconds. */
function connected(url: string, timer?: typeof realTimer) {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const incidents = createIncidents({ now: Date.now, log });
  const waits: number[] = [];
  const setTimer = timer ?? ((_: () => void, ms: number) => {
    waits.push(ms);
    return () => {};
  });
  const deps = { setTimer, incidents, log };
  const connection = new McpConnection("shop", { url, headers: {} }, deps, ["sk-12345678"]);
  return { connection, waits, [Symbol.asyncDispose]: () => connection.close() };
}
