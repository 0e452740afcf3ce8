import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteRing } from "../../src/utils/byteRing.ts";

Deno.test("a ring gives back what was appended and not dropped, wherever it wraps", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }) },
    {
      weight: 2,
      arbitrary: fc.record({ drop: fc.constantFrom("first", "last"), share: fc.nat(100) }),
    },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.array(step, { maxLength: 100 }),
      (least, steps) => {
        const ring = new ByteRing(least);
        let kept: number[] = [];
        for (const one of steps) {
          if (one instanceof Uint8Array) {
            ring.append(one);
            kept.push(...one);
          } else {
            const count = Math.floor(kept.length * one.share / 100);
            if (one.drop === "first") ring.dropFirst(count);
            else ring.dropLast(count);
            kept = one.drop === "first" ? kept.slice(count) : kept.slice(0, kept.length - count);
          }
          assert.equal(ring.length, kept.length);
          assert.deepEqual([...ring.copy(0, kept.length)], kept);
          const from = Math.floor(kept.length / 3);
          assert.deepEqual([...ring.copy(from, kept.length - from)], kept.slice(from));
        }
      },
    ),
    { numRuns: 500 },
  );
});
