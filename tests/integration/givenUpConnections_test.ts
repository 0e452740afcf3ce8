import assert from "node:assert/strict";
import { openNoDelaySocket } from "../../src/services/openai/noDelaySocket.ts";
import { startRealtimeServer } from "../../src/sim/openai/realtimeServer.ts";
import { startTcpProxy } from "../support/faults/tcpProxy.ts";
import { until } from "../support/until.ts";

Deno.test("connections to a model that are given up are closed, whenever that is", async () => {
  const model = startRealtimeServer();
  const proxy = await startTcpProxy({ port: Number(new URL(model.url).port) });
  const target = { url: `${proxy.through(model.url)}?model=gpt-realtime`, headers: {} };
  for (let attempt = 0; attempt < 120; attempt++) {
    const socket = openNoDelaySocket(target, { onOpen() {}, onMessage() {}, onClose() {} });
    const giveUpAt = performance.now() + (attempt % 20) / 4;
    while (performance.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 0));
    socket.close();
  }
  assert.deepEqual(await until(() => proxy.open, ({ length }) => length === 0), []);
  await proxy[Symbol.asyncDispose]();
  await model.close();
});
