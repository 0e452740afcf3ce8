import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FrameError,
  FrameReader,
  type ServerFrame,
} from "../../../src/utils/webSocket/frameReader.ts";
import {
  BINARY,
  CLOSE,
  closeFrame,
  CONTINUATION,
  PING,
  PONG,
  serverFrame,
  TEXT,
} from "../../support/servers/serverFrames.ts";
import { joinBytes } from "../../../src/utils/joinBytes.ts";

const MAX_BYTES = 100_000;

Deno.test("FrameReader gives whole messages, however they are fragmented and delivered", () => {
  const control = fc.constantFrom(
    serverFrame("still there?", { opcode: PING }),
    serverFrame("", { opcode: PONG }),
  );
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 100 }),
    fc.tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.nat({ max: 1_000 }))
      .map(([part, times]) => part.repeat(times)),
    fc.constant("\u{feff}begins with a byte order mark"),
  );
  const message = fc.record({
    text,
    isText: fc.boolean(),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.option(control, { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 }),
      (messages, sizes) => {
        const sent: Uint8Array[] = [];
        const expected: unknown[] = [];
        for (const { text, isText, cuts, between } of messages) {
          const bytes = new TextEncoder().encode(text);
          const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) =>
            a - b
          );
          ends.forEach((end, index) => {
            sent.push(serverFrame(bytes.subarray(ends[index - 1] ?? 0, end), {
              opcode: index > 0 ? CONTINUATION : isText ? TEXT : BINARY,
              final: index === ends.length - 1,
            }));
            if (between === undefined || index === ends.length - 1) return;
            sent.push(between);
            expected.push((between[0]! & 15) === PING ? "ping still there?" : "pong");
          });
          expected.push(isText ? `text ${text.toWellFormed()}` : "binary");
        }
        assert.deepEqual(framesOf(joinBytes(sent), sizes).map(told), expected);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("FrameReader reads a message up to the limit, in one frame or in fragments", () => {
  const text = "x".repeat(MAX_BYTES);
  assert.deepEqual(framesOf(serverFrame(text)).map(told), [`text ${text}`]);
  const half = text.slice(MAX_BYTES / 2);
  const fragments = [
    serverFrame(half, { final: false }),
    serverFrame(half, { opcode: CONTINUATION, final: false }),
  ];
  const last = serverFrame("", { opcode: CONTINUATION });
  assert.deepEqual(framesOf(joinBytes([...fragments, last])).map(told), [`text ${text}`]);
  const beyond = serverFrame("x", { opcode: CONTINUATION });
  assertRefused(joinBytes([...fragments, beyond]), 1009);
});

Deno.test("FrameReader refuses what is announced beyond the limit before it comes", () => {
  for (const announcedBytes of [MAX_BYTES + 1, 2 ** 32, 2 ** 52]) {
    assertRefused(serverFrame("", { announcedBytes }), 1009);
    assertRefused(serverFrame("", { announcedBytes, opcode: BINARY }), 1009);
  }
});

Deno.test("FrameReader allocates for what has come, not for what is announced", () => {
  const reader = new FrameReader({ maxMessageBytes: 2 ** 30 });
  const before = Deno.memoryUsage().external;
  give(reader, serverFrame("xx", { announcedBytes: 2 ** 30 }));
  assert.equal(reader.next(), undefined);
  assert.ok(Deno.memoryUsage().external - before < 2 ** 20);
});

Deno.test("FrameReader refuses what no server may send", () => {
  const unfinished = serverFrame("a", { final: false });
  const refused: readonly (readonly [string, Uint8Array, number])[] = [
    ["a mask", serverFrame("a", { masked: true }), 1002],
    ["an extension", serverFrame("a", { reserved: 4 }), 1002],
    ["the rest of nothing", serverFrame("a", { opcode: CONTINUATION }), 1002],
    ["a message inside of another", joinBytes([unfinished, serverFrame("b")]), 1002],
    ["unknown data", serverFrame("a", { opcode: 3 }), 1002],
    ["unknown control", serverFrame("a", { opcode: 11 }), 1002],
    ["a ping in parts", serverFrame("a", { opcode: PING, final: false }), 1002],
    ["a long ping", serverFrame("a".repeat(126), { opcode: PING }), 1002],
    ["half a close code", serverFrame("a", { opcode: CLOSE }), 1002],
    ["a close code for nobody", closeFrame(1006), 1002],
    ["a close code of nobody", closeFrame(999), 1002],
    [
      "a reason that is not UTF-8",
      serverFrame(Uint8Array.of(3, 232, 255), { opcode: CLOSE }),
      1007,
    ],
    ["text that is not UTF-8", serverFrame(Uint8Array.of(0x61, 0xc3)), 1007],
    [
      "text that is not UTF-8 in its last fragment",
      joinBytes([
        serverFrame(Uint8Array.of(0xc3), { final: false }),
        serverFrame(Uint8Array.of(0x28), { opcode: CONTINUATION }),
      ]),
      1007,
    ],
  ];
  for (const [what, bytes, code] of refused) assertRefused(bytes, code, what);
});

Deno.test("FrameReader takes a letter that is cut in two by a fragment", () => {
  const sent = joinBytes([
    serverFrame(Uint8Array.of(0xc3), { final: false }),
    serverFrame(Uint8Array.of(0xa4), { opcode: CONTINUATION }),
  ]);
  assert.deepEqual(framesOf(sent).map(told), ["text ä"]);
});

Deno.test("FrameReader tells how a server closes", () => {
  assert.deepEqual(framesOf(closeFrame(1008, "nö")).map(told), ["close 1008 nö"]);
  assert.deepEqual(framesOf(closeFrame(4000)).map(told), ["close 4000 "]);
  assert.deepEqual(framesOf(serverFrame("", { opcode: CLOSE })).map(told), ["close 1005 "]);
});

Deno.test("FrameReader throws nothing but a FrameError, whatever comes", () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(
      bytes,
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (sent, sizes) => {
        try {
          framesOf(sent, sizes);
        } catch (error) {
          assert.ok(error instanceof FrameError);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

/** All frames of the bytes, when they come in pieces of the given sizes, over and over. */
function framesOf(bytes: Uint8Array, sizes: readonly number[] = [5_000]): ServerFrame[] {
  const reader = new FrameReader({ maxMessageBytes: MAX_BYTES });
  const frames: ServerFrame[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    at += give(reader, bytes.subarray(at, at + sizes[turn % sizes.length]!));
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push(frame.type === "ping" ? { ...frame, payload: frame.payload.slice() } : frame);
    }
  }
  return frames;
}

/** Puts in as many bytes as there is room for. */
function give(reader: FrameReader, bytes: Uint8Array): number {
  const { space } = reader;
  const taken = bytes.subarray(0, space.length);
  space.set(taken);
  reader.took(taken.length);
  return taken.length;
}

function told(frame: ServerFrame): string {
  switch (frame.type) {
    case "text":
      return `text ${frame.text}`;
    case "ping":
      return `ping ${new TextDecoder().decode(frame.payload)}`;
    case "close":
      return `close ${frame.code} ${frame.reason}`;
    default:
      return frame.type;
  }
}

function assertRefused(bytes: Uint8Array, code: number, what?: string): void {
  assert.throws(() => framesOf(bytes), (error) => {
    assert.ok(error instanceof FrameError, what);
    assert.equal(error.code, code, what);
    return true;
  }, what);
}
