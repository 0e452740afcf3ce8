import assert from "node:assert/strict";
import { createOpenModel } from "../../../src/services/openai/openModel.ts";
import { contract, KEY, Log, respond, SETUP, Sink } from "../../support/openai/modelContract.ts";
import { startScriptedRealtime } from "../../support/openai/scriptedRealtime.ts";

const REFUSALS = [
  [401, { code: "invalid_api_key", retry: "no" }],
  [403, { code: "not_permitted", retry: "no" }],
  [404, { code: "model_not_found", retry: "no" }],
  [429, { code: "rate_limited", retry: "backoff" }],
  [503, { code: "server_error", retry: "backoff" }],
] as const;

for (const [status, loss] of REFUSALS) {
  contract(`reports why a handshake was refused with ${status}`, async (stage) => {
    const { sink } = stage.open();
    assert.deepEqual(await sink.loss(), loss);
    assert.equal(sink.inputs.all.length, 1);
  }, { answer: () => new Response("{}", { status }) });
}

Deno.test("createOpenModel(nodelay) reads the error code of a refused handshake", async () => {
  const body = JSON.stringify({ error: { code: "insufficient_quota" } });
  await using server = startScriptedRealtime({ answer: () => new Response(body, { status: 429 }) });
  const sink = new Sink();
  createOpenModel({ url: server.url, socket: "nodelay", log: new Log() })(SETUP, sink);
  assert.deepEqual(await sink.loss(), { code: "insufficient_quota", retry: "no" });
});

contract("is lost when the port is closed", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const { sink } = stage.open({ url: `ws://127.0.0.1:${port}/v1/realtime` });
  assert.deepEqual(await sink.loss(), { code: "network", retry: "backoff" });
});

contract("asks for the model when the socket does not say why it failed", async (stage) => {
  const asked: Request[] = [];
  const { sink } = stage.open({
    url: "ws://127.0.0.1:1/v1/realtime",
    fetch: (input, init) => {
      asked.push(new Request(input, init));
      return Promise.resolve(new Response("{}", { status: 401 }));
    },
  });
  assert.deepEqual(await sink.loss(), { code: "invalid_api_key", retry: "no" });
  assert.deepEqual(
    asked.map((request) => [request.url, request.headers.get("authorization")]),
    [["http://127.0.0.1:1/v1/models/gpt-test", `Bearer ${KEY}`]],
  );
});

contract("is lost when the handshake is not answered in time", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `ws://127.0.0.1:${listener.addr.port}/v1/realtime`;
  const { sink } = stage.open({ url, connectTimeoutMs: 20 });
  assert.deepEqual(await sink.loss(), { code: "timeout", retry: "backoff" });
  listener.close();
});

contract(
  "case 67: a server without a page about models is not taken for one without the model",
  async (stage) => {
    for (const status of [400, 404, 405, 426]) {
      const { sink } = stage.open({
        url: "ws://127.0.0.1:1/v1/realtime",
        fetch: () => Promise.resolve(new Response("<html>Not found</html>", { status })),
      });
      assert.deepEqual(await sink.loss(), { code: "handshake_refused", retry: "backoff" });
    }
    const { sink } = stage.open({
      url: "ws://127.0.0.1:1/v1/realtime",
      fetch: () =>
        Promise.resolve(Response.json({ error: { code: "model_not_found" } }, { status: 404 })),
    });
    assert.deepEqual(await sink.loss(), { code: "model_not_found", retry: "no" });
  },
);

contract("closes a connection whose client was closed during the handshake", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `ws://127.0.0.1:${listener.addr.port}/v1/realtime`;
  const { client, sink } = stage.open({ url });
  const peer = await listener.accept();
  client.close();
  client.sendAudio("AAAA");
  client.send(respond("greeting"));
  client.close();
  const bytes = new Uint8Array(4096);
  while ((await peer.read(bytes).catch(() => null)) !== null);
  assert.deepEqual(sink.inputs.all, []);
  peer.close();
  listener.close();
});

contract("reports headers that cannot be sent as a loss", async (stage) => {
  const { sink } = stage.open({}, { safetyId: "line\nbreak" });
  assert.deepEqual(await sink.loss(), { code: "invalid_request", retry: "no" });
});

Deno.test("case 66: a refused handshake is told with its status, its code and its message", async () => {
  const body = {
    error: { code: "insufficient_quota", message: "You exceeded your current quota." },
  };
  await using server = startScriptedRealtime({
    answer: () => Response.json(body, { status: 429 }),
  });
  const log = new Log();
  const sink = new Sink();
  createOpenModel({ url: server.url, socket: "nodelay", log })(SETUP, sink);
  await sink.first("modelLost");
  const [line = ""] = log.lines;
  for (const part of ['"status":429', "insufficient_quota", "You exceeded your current quota."]) {
    assert.ok(line.includes(part), `${part} in ${line}`);
  }
});

for (
  const [header, retryAfterMs] of [["2", 2000], ["999999999", 60_000], ["-1"], ["soon"]] as const
) {
  Deno.test(`case 72: a handshake refused with Retry-After ${header} says how long to wait`, async () => {
    const headers = { "Retry-After": header };
    await using server = startScriptedRealtime({
      answer: () => new Response("{}", { status: 429, headers }),
    });
    const sink = new Sink();
    createOpenModel({ url: server.url, socket: "nodelay", log: new Log() })(SETUP, sink);
    assert.deepEqual(await sink.loss(), {
      code: "rate_limited",
      retry: "backoff",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  });
}
