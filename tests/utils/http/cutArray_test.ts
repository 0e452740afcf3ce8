import assert from "node:assert/strict";
import fc from "fast-check";
import { cutArray } from "../../../src/utils/http/cutArray.ts";

const slices = { pause: () => Promise.resolve() };
const cut = (text: string) => cutArray(text, "calls", 1000, slices);

Deno.test("an array that was cut out has the same items, and the object its other members", async () => {
  const object = fc.record({
    a: fc.jsonValue(),
    calls: fc.array(fc.jsonValue(), { maxLength: 5 }),
    ']},[{"': fc.jsonValue(),
  });
  const indents = fc.constantFrom(0, 2);
  await fc.assert(
    fc.asyncProperty(object, indents, async (value, indent) => {
      // A name with a quote is written with an escape: such an object is left as it is.
      const { ']},[{"': odd, ...rest } = value;
      const plain = { ...rest, "]},[{": odd };
      const found = await cutArray(JSON.stringify(plain, null, indent), "calls", 1e6, slices);
      assert.ok(found);
      assert.deepEqual(
        found.items.map((item) => JSON.parse(item)),
        JSON.parse(JSON.stringify(plain.calls)),
      );
      assert.deepEqual(
        JSON.parse(found.withItems("")),
        JSON.parse(JSON.stringify({ ...plain, calls: [] })),
      );
      assert.equal(await cut(JSON.stringify(value, null, indent)), undefined);
    }),
    { numRuns: 200 },
  );
});

Deno.test("what is no JSON is none in its parts either", async () => {
  const texts = [
    ...['{"calls":[1,]}', '{"calls":[,1]}', '{"calls":[{]}]}', '{"calls":[1 2]}', '{"calls":[1]'],
    ...[
      '{"calls":[1],}',
      '["calls":[1]]',
      '{"calls":[1]}]',
      '{"calls":[1},{"b":2]}',
      '{"calls":[1][2]}',
    ],
  ];
  for (const text of texts) {
    assert.throws(() => JSON.parse(text), SyntaxError);
    const found = await cut(text);
    if (found === undefined) continue;
    assert.throws(
      () => [found.withItems(""), ...found.items].map((part) => JSON.parse(part)),
      text,
    );
  }
});

Deno.test("an array that is there twice, not at the top, or has a huge item is not cut out", async () => {
  const texts = [
    ...[
      '{"calls":[1],"calls":[2]}',
      '{"calls":[1],"c\\u0061lls":[2]}',
      '{"a":{"calls":[1]}}',
      "[1]",
    ],
    ...[
      '{"calls":5}',
      "",
      `{"calls":["${"x".repeat(1001)}"]}`,
      `{"calls":[1,"${"x".repeat(1001)}",2]}`,
    ],
  ];
  for (const text of texts) assert.equal(await cut(text), undefined, text);
});
