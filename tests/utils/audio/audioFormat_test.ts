import assert from "node:assert/strict";
import fc from "fast-check";
import {
  audioDurationMs,
  base64ByteLength,
  bytesPerMs,
  decodeBase64,
  encodeBase64,
  isBase64,
  SILENCE_BYTE,
} from "../../../src/utils/audio/audioFormat.ts";
import { A_LAW, MU_LAW } from "../../../src/utils/audio/g711.ts";

const anyBytes = fc.uint8Array({ maxLength: 200 });

Deno.test("decodeBase64() gives back what encodeBase64() took", () => {
  fc.assert(fc.property(anyBytes, (bytes) => {
    assert.deepEqual(decodeBase64(encodeBase64(bytes)), new Uint8Array(bytes));
  }));
});

Deno.test("decodeBase64() throws when the text is not base64", () => {
  for (const text of ["!!!!", "AAAA!!!!", "AA==AAAA", "AAAA AAAA", "A", "AAA", "AA=A", "ÄÖÜß"]) {
    assert.throws(() => decodeBase64(text), SyntaxError, text);
  }
});

Deno.test("base64ByteLength() counts without decoding, padded or not", () => {
  fc.assert(fc.property(anyBytes, (bytes) => {
    assert.equal(base64ByteLength(encodeBase64(bytes)), bytes.length);
    assert.equal(base64ByteLength(bytes.toBase64({ omitPadding: true })), bytes.length);
  }));
});

Deno.test("isBase64() accepts what encodeBase64() makes of any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
    assert.equal(isBase64(encodeBase64(bytes)), true);
  }));
});

Deno.test("isBase64() refuses empty, unpadded, url-safe, spaced and mispadded text", () => {
  for (
    const text of ["", "A", "AA", "AAA", "====", "A===", "=AAA", "AA=A", "AAAA====", "AA==AAAA"]
      .concat(["AA-_", "AA A", "AAAA\n", "AAA\n", "AAAÄ", "AAA\u0000"])
  ) assert.equal(isBase64(text), false, JSON.stringify(text));
});

Deno.test("audioDurationMs() follows the bytes each format takes for a millisecond", () => {
  const twentyMs = { pcmu: 160, pcma: 160, pcm24k: 960 } as const;
  for (const format of ["pcmu", "pcma", "pcm24k"] as const) {
    const frame = encodeBase64(new Uint8Array(twentyMs[format]));
    assert.equal(audioDurationMs(frame, format), 20);
    assert.equal(bytesPerMs(format), twentyMs[format] / 20);
  }
  assert.equal(audioDurationMs("", "pcmu"), 0);
});

Deno.test("SILENCE_BYTE is the code nearest to no signal", () => {
  assert.equal(SILENCE_BYTE.pcmu, MU_LAW.encoded[0]);
  assert.equal(SILENCE_BYTE.pcma, A_LAW.encoded[0]);
  assert.equal(SILENCE_BYTE.pcm24k, 0);
});
