import assert from "node:assert/strict";
import { OpenRequests } from "../../../../src/services/tools/mcp/openRequests.ts";

Deno.test("a request whose stream has failed can be settled and given up all the same", async () => {
  const failure = new TypeError("connection reset");
  const told: string[] = [];
  const requests = new OpenRequests((_url, init) => {
    const body = String(init?.body);
    if (body.includes("notifications/cancelled")) {
      told.push(body);
      return Promise.resolve(new Response(null, { status: 202 }));
    }
    const stream = new ReadableStream({ pull: (controller) => controller.error(failure) });
    const headers = { "content-type": "text/event-stream" };
    return Promise.resolve(new Response(stream, { headers }));
  });
  const ask = async (id: number) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call" });
    const response = await requests.fetch("https://mcp.test/mcp", { method: "POST", body });
    await assert.rejects(response.text());
  };

  await ask(1);
  // The answer has come over the stream that took its place.
  assert.doesNotThrow(() => requests.settled(1));

  await ask(2);
  const params = { requestId: 2 };
  const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params });
  const { status } = await requests.fetch("https://mcp.test/mcp", { method: "POST", body });
  assert.deepEqual([status, told.length], [202, 1]);
});
