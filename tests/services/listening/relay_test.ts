import assert from "node:assert/strict";
import type { Listener } from "../../../src/services/listening/listener.ts";
import { createRelay } from "../../../src/services/listening/relay.ts";
import { settled } from "../../support/until.ts";

/** A relay of one process, with the messages that it publishes. */
function startRelay() {
  const listeners: Listener[] = [];
  const published: { readonly topic: string; readonly body: unknown }[] = [];
  let ask: (body: unknown) => unknown = () => {};
  const relay = createRelay({
    bus: {
      publish(topic, body) {
        published.push({ topic, body });
        return Promise.resolve();
      },
      subscribe: () => () => {},
    },
    rpc: { handle: (_, handler) => void (ask = handler) },
    local: {
      listen(_, listener) {
        listeners.push(listener);
        return () => {};
      },
    },
    now: () => 0,
    setTimer: () => () => {},
  });
  return { relay, listeners, published, ask: (body: unknown) => ask(body) };
}

Deno.test("a call that several hear elsewhere ends once on the bus, behind its last sound", async () => {
  const { relay, listeners, published, ask } = startRelay();
  for (const id of ["one", "two", "three"]) assert.equal(ask({ callId: "call_1", id }), "ok");
  const piece = { atMs: 0, isSilenced: false, audio: new Uint8Array(4) };
  for (const listener of listeners) listener.hear(piece);
  for (const listener of listeners) listener.end("ended");
  await settled();
  const [{ body } = { body: undefined }, ...more] = published;
  assert.deepEqual(body, {
    callId: "call_1",
    pieces: [{ atMs: 0, isSilenced: false, audio: "AAAAAA==" }],
    end: "ended",
  });
  assert.deepEqual(more, []);
  relay.close();
});

Deno.test("an eleventh call is refused for the bus, not for the number of listeners", () => {
  const { relay, ask } = startRelay();
  for (let at = 1; at <= 10; at++) {
    assert.equal(ask({ callId: `call_${at}`, id: `l_${at}` }), "ok");
  }
  assert.equal(ask({ callId: "call_11", id: "l_11" }), "too_many_relayed");
  assert.equal(ask({ callId: "call_10", id: "l_12" }), "ok", "one that is heard already");
  relay.close();
});
