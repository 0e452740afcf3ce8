import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { endedRecord, onlyAgent } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { openClient } from "../support/browser/webClient.ts";

const useTool: Script = ({ cause }) =>
  cause.type === "text" ? { tools: [{ name: "look_up", arguments: "{}" }] } : { say: "Hello." };

Deno.test("case 60: a tab that closes while a tool runs stops the tool, is recorded once, and may come back", async () => {
  await using service = serveForever();
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: onlyAgent(
        `http_tools:\n  - { name: look_up, description: Looks up., url: "${service.url}" }`,
      ),
      engine: { voice: "tone", speed: 20, script: useTool },
    },
  });
  const client = await openCall(server);
  const { callId } = await client.get("ready");
  client.send({ type: "text", text: "Please look it up." });
  await service.asked;
  await client.close();
  await service.dropped;
  const record = await endedRecord(server, callId);
  assert.equal(record.end.reason, "caller_hung_up");
  assert.deepEqual(
    record.tools.map(({ name, result }: Record<string, unknown>) => [name, result]),
    [["look_up", null]],
  );
  assert.equal(server.app.registry.size, 0);

  const again = await openCall(server);
  assert.notEqual((await again.get("ready")).callId, callId);
  await again.close();
});

async function openCall(server: TestServer) {
  const { token } = await (await server.post("/api/web/session", undefined, apiKey)).json();
  return openClient(server, token);
}

/** A service that begins an answer and never ends it. */
function serveForever() {
  const asked = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked.resolve();
    return new Response(new ReadableStream({ cancel: () => dropped.resolve() }));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    asked: asked.promise,
    /** Resolves when the client has dropped the request. */
    dropped: dropped.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
