/** A program of its own, to be run with few permissions: opens the URL that is given, and tells how it went. */
import { WebSocketClient } from "../../src/utils/webSocket/webSocketClient.ts";

const outcome = Promise.withResolvers<string>();
const socket = new WebSocketClient({ url: Deno.args[0] ?? "", headers: {} }, {
  onOpen: () => outcome.resolve("open"),
  onMessage() {},
  onClose: ({ type }) => outcome.resolve(type),
}, { maxMessageBytes: 1000, endTimeoutMs: 1000 });
console.log(await outcome.promise);
socket.close();
