import assert from "node:assert/strict";
import { openRawSocket } from "../../support/servers/rawSocket.ts";
import { createOpenSockets } from "../../../src/services/load/openSockets.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { until } from "../../support/until.ts";

Deno.test("a peer that never answers the closing of a socket is cut off, and no longer counted", async () => {
  const sockets = createOpenSockets({ now: () => performance.now(), setTimer });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    sockets.watch(socket, "media");
    socket.onmessage = ({ data }) => data === "close" && socket.close(1000);
    return response;
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const stays = new WebSocket(origin.replace("http", "ws"));
  await new Promise((resolve) => stays.onopen = resolve);
  {
    using silent = await openRawSocket(origin, "/");
    await silent.frame("close");
    assert.equal(await silent.closeCode(), 1000);
    assert.deepEqual([sockets.count("media"), sockets.cut], [2, 0]);
    assert.equal(await silent.closeCode(), undefined, "the connection has ended");
  }
  await until(() => sockets.count("media"), (count) => count === 1);
  assert.equal(sockets.cut, 1);
  assert.equal(stays.readyState, WebSocket.OPEN);
  stays.close();
  await until(() => sockets.count("media"), (count) => count === 0);
  assert.equal(sockets.cut, 1);
  await server.shutdown();
});
