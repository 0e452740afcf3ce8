import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const BYTES_PER_MS = { marks: 8, positions: 48 } as const;

/** Every byte tells where in the item it is. */
function soundOf(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((from + i) * 2654435761) >>> 24);
}

const calls = fc.record({
  reports: fc.constantFrom("marks" as const, "positions" as const),
  piecesMs: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }),
  /** How far apart the pieces come. */
  everyMs: fc.integer({ min: 0, max: 300 }),
  lostAfterMs: fc.integer({ min: 0, max: 6000 }),
});

Deno.test("whether played at once, held back or played again, speech is what the model sent", () => {
  fc.assert(
    fc.property(calls, ({ reports, piecesMs, everyMs, lostAfterMs }) => {
      const perMs = BYTES_PER_MS[reports];
      const call = new CallDriver({ reports, idleMs: 1e9, maxMs: 1e9 }).live();
      const responseId = call.begin();
      let ms = 0;
      for (const pieceMs of piecesMs) {
        const audio = encodeBase64(soundOf(ms * perMs, pieceMs * perMs));
        call.sound(responseId, "item", pieceMs, audio);
        ms += pieceMs;
        call.advance(everyMs);
      }
      call.finish(responseId);
      call.advance(lostAfterMs);
      const before = played(call);
      call.lose();
      call.advance(500);
      call.join();
      call.advance(ms + 2000);
      const all = soundOf(0, ms * perMs);

      assert.deepEqual(before, all.subarray(0, before.length));
      const again = played(call).subarray(before.length);
      const at = all.length - again.length;
      assert.deepEqual(again, all.subarray(at));
      assert.ok(at <= before.length, `${before.length} bytes before, and then from ${at} on`);
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
