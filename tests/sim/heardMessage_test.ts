import assert from "node:assert/strict";
import { TappedItems } from "../../src/scenarios/run/model/tappedItems.ts";
import { heardMessage } from "../../src/sim/web/heardMessage.ts";

Deno.test("heardMessage() leaves out what is malformed, and throws for nothing", () => {
  assert.deepEqual(heardMessage('{"type":"audio","itemId":"a","payload":"AAE="}'), {
    ...{ type: "audio", itemId: "a" },
    audio: Uint8Array.of(0, 1),
  });
  const malformed = [
    ...["", "{", "null", "[]", '"ready"', '{"type":"ready"}', '{"type":"audio","itemId":"a"}'],
    ...['{"type":"audio","itemId":"a","payload":"%%"}', '{"type":"speech","itemId":3}'],
    '{"type":"speech","itemId":"a","fromMs":"1"}',
  ];
  for (const text of malformed) assert.equal(heardMessage(text), undefined, text);
});

Deno.test("TappedItems goes on after sound that is none", () => {
  const items = new TappedItems(true);
  const delta = (delta: string) =>
    items.follow(JSON.stringify({ type: "response.output_audio.delta", item_id: "a", delta }));
  delta("%%");
  assert.equal(items.items.length, 0);
  delta("AAE=");
  assert.equal(items.items[0]?.audio.length, 2);
});
