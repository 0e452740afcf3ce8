import assert from "node:assert/strict";
import fc from "fast-check";
import { AudioDeltas } from "../../../../src/services/openai/wire/audioDeltas.ts";
import { readServerFrame } from "../../../../src/services/openai/wire/serverEvents.ts";

const REF = { responseId: "resp_1", itemId: "item_1", contentIndex: 0 };

Deno.test("audio deltas are read as the full reader reads them, in any text that is nearly one", () => {
  const id = fc.stringMatching(/^[\w-]{1,12}$/);
  const delta = fc.oneof(
    { weight: 3, arbitrary: fc.base64String() },
    fc.constantFrom("//8=", "", "A\\u0041AA", "AA A", "////\n", "é", "AAA", '","x":"AAAA'),
  );
  const event = fc.record({
    responseId: id,
    itemId: id,
    index: fc.oneof(fc.nat({ max: 1200 }).map(String), fc.constantFrom("00", "-1", "1.5", '"0"')),
    delta,
    eventFirst: fc.boolean(),
  });
  const deltas = new AudioDeltas();
  let found = 0;
  fc.assert(
    fc.property(event, fc.nat(), fc.constantFrom("", " ", '"', "}", ",", "0"), (one, at, put) => {
      const whole = written(one);
      const place = at % (whole.length + 1);
      for (
        const text of [
          whole,
          whole,
          whole.slice(0, place) + put + whole.slice(place),
          whole.slice(0, place) + whole.slice(place + 1),
          whole.slice(0, place) + put + whole.slice(place + 1),
        ]
      ) {
        const quick = deltas.read(text);
        if (quick === undefined) continue;
        found++;
        assert.deepEqual(quick, readServerFrame(text), text);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(found > 1000, `${found} texts were deltas`);
});

Deno.test("pieces of the same item in a row share the object that tells their place", () => {
  const deltas = new AudioDeltas();
  const one = {
    responseId: "resp_1",
    itemId: "item_1",
    index: "0",
    delta: "AAAA",
    eventFirst: false,
  };
  const first = deltas.read(written(one));
  assert.deepEqual(first, { type: "speech", ref: REF, audio: "AAAA" });
  const second = deltas.read(written({ ...one, delta: "BBBB", eventFirst: true }));
  assert.deepEqual(second, { type: "speech", ref: REF, audio: "BBBB" });
  assert.equal(second?.ref, first?.ref);
  const other = deltas.read(written({ ...one, itemId: "item_2" }));
  assert.deepEqual(other?.ref, { ...REF, itemId: "item_2" });
});

function written(
  { responseId, itemId, index, delta, eventFirst }: {
    readonly responseId: string;
    readonly itemId: string;
    readonly index: string;
    readonly delta: string;
    readonly eventFirst: boolean;
  },
): string {
  const type = '"type":"response.output_audio.delta"';
  const head = eventFirst ? `"event_id":"event_1",${type}` : `${type},"event_id":"event_1"`;
  return `{${head},"response_id":"${responseId}","item_id":"${itemId}","output_index":0,` +
    `"content_index":${index},"delta":"${delta}"}`;
}
