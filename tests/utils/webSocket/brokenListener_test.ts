import assert from "node:assert/strict";
import { WebSocketClient } from "../../../src/utils/webSocket/webSocketClient.ts";
import { startScriptedSockets } from "../../support/servers/scriptedSocket.ts";
import { closeFrame, serverFrame } from "../../support/servers/serverFrames.ts";
import { openSocket } from "../../support/servers/socketWatch.ts";

Deno.test("WebSocketClient whose listener throws at a message closes and says that it is lost", async () => {
  using server = startScriptedSockets();
  const { end, ends } = openSocket(server.url, {
    onMessage: () => {
      throw new Error("listener broke");
    },
  });
  using peer = await server.accept();
  await peer.upgrade([], serverFrame("one"));
  assert.deepEqual(await end(), { type: "lost", code: 1006, reason: "" });
  while (await peer.read() !== undefined);
  assert.equal(ends.all.length, 1);
});

Deno.test("WebSocketClient whose listener throws at the end hides neither the error nor the connection", async () => {
  using server = startScriptedSockets();
  const thrown = Promise.withResolvers<unknown>();
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    thrown.resolve(event.reason);
  };
  addEventListener("unhandledrejection", onRejection);
  const error = new Error("listener broke");
  new WebSocketClient({ url: server.url, headers: {} }, {
    onOpen() {},
    onMessage() {},
    onClose() {
      throw error;
    },
  }, { maxMessageBytes: 1000, endTimeoutMs: 60_000 });
  using peer = await server.accept();
  await peer.upgrade([], closeFrame(1000));
  while (await peer.read() !== undefined);
  assert.equal(await thrown.promise, error);
  removeEventListener("unhandledrejection", onRejection);
});
