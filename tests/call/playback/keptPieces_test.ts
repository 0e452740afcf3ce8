import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const BYTES_PER_MS = { marks: 8, positions: 48 } as const;

/** A leg is given no more ahead of what it plays, and begins to play after a moment. */
const MOST_UNHEARD_MS = 4900;

/** Every byte tells where in the item it is. */
function soundOf(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((from + i) * 2654435761) >>> 24);
}

const calls = fc.record({
  reports: fc.constantFrom("marks" as const, "positions" as const),
  /** In bytes of a phone line; a browser's have six times as many. */
  pieces: fc.array(fc.integer({ min: 1, max: 7000 }), { minLength: 1, maxLength: 30 }),
  /** Beside those: pieces need not be of whole samples. */
  oddBytes: fc.integer({ min: 0, max: 2 }),
  /** How far apart the pieces come. */
  everyMs: fc.integer({ min: 0, max: 300 }),
  lostAfterMs: fc.integer({ min: 0, max: 6000 }),
});

Deno.test("whether played at once, held back or played again, speech is what the model sent", () => {
  fc.assert(
    fc.property(calls, ({ reports, pieces, oddBytes, everyMs, lostAfterMs }) => {
      const perMs = BYTES_PER_MS[reports];
      const call = new CallDriver({ reports, idleMs: 1e9, maxMs: 1e9 }).live();
      const responseId = call.begin();
      let length = 0;
      for (const piece of pieces) {
        const bytes = soundOf(length, (piece * perMs) / 8 + oddBytes);
        call.sound(responseId, "item", bytes.length / perMs, encodeBase64(bytes));
        length += bytes.length;
        call.advance(everyMs);
      }
      call.finish(responseId);
      call.advance(lostAfterMs);
      const before = played(call);
      call.lose();
      call.advance(500);
      call.join();
      call.advance(length / perMs + 2000);
      const all = soundOf(0, length);

      assert.deepEqual(before, all.subarray(0, before.length));
      const again = played(call).subarray(before.length);
      const at = all.length - again.length;
      assert.deepEqual(again, all.subarray(at));
      const twiceMs = (before.length - at) / perMs;
      assert.ok(twiceMs >= 0 && twiceMs <= MOST_UNHEARD_MS, `${twiceMs} ms twice`);
    }),
    { numRuns: 100 },
  );
});

/** The bytes of all that the legs were given. */
function played(call: CallDriver): Uint8Array {
  return Uint8Array.from(
    call.all("play").flatMap(({ piece }) => [...decodeBase64(piece.audio)]),
  );
}
