import assert from "node:assert/strict";
import type { ModelSink } from "../../../src/call/realtimeClient.ts";
import { OpenConnections } from "../../../src/services/openai/openConnections.ts";

Deno.test("a connection that no call has is closed at the second look, and no other is", () => {
  const connections = new OpenConnections({ warn() {} });
  const closed: string[] = [];
  const open = (name: string, inUse: () => boolean) => {
    const connection = {
      sendAudio() {},
      commitAudio() {},
      clearInputBuffer() {},
      send() {},
      changeSetup() {},
      giveHistory() {},
      close() {
        closed.push(name);
        connections.delete(connection);
      },
    };
    const sink: ModelSink = { onInput() {}, onSpeech() {}, inUse };
    connections.add(connection, sink);
  };
  let isOpening = true;
  open("of a call", () => true);
  open("opening", () => !isOpening);
  open("unused", () => false);
  connections.check();
  assert.deepEqual(closed, []);
  isOpening = false;
  connections.check();
  assert.deepEqual(closed, ["unused"]);
  assert.deepEqual([connections.size, connections.orphans], [2, 1]);
});
