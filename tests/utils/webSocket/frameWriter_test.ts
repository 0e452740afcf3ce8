import assert from "node:assert/strict";
import fc from "fast-check";
import { Receiver } from "ws";
import { FrameWriter } from "../../../src/utils/webSocket/frameWriter.ts";

Deno.test("FrameWriter writes frames that another library reads, one after another", async () => {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
    fc.constantFrom("", "a".repeat(125), "a".repeat(126), "ä".repeat(63), "ä".repeat(62) + "a"),
    fc.constantFrom("a".repeat(65_535), "a".repeat(65_536), "ä".repeat(32_768), "€".repeat(40_000)),
    fc.constantFrom("half of a pair: \ud83d", "a".repeat(2 ** 20)),
  );
  const sends = fc.array(fc.record({ text, taken: fc.boolean() }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sends, async (all) => {
      const writer = new FrameWriter();
      const chunks: Uint8Array[] = [];
      for (const { text, taken } of all) {
        writer.text(text);
        if (taken) chunks.push(takenFrom(writer));
      }
      chunks.push(takenFrom(writer));
      assert.equal(writer.bytes, 0);
      assert.equal(writer.take(), undefined);
      const expected = all.map(({ text }) => `text ${text.toWellFormed()}`);
      assert.deepEqual(await readByServer(chunks), expected);
    }),
    { numRuns: 200 },
  );
});

Deno.test("FrameWriter answers pings and closes", async () => {
  const writer = new FrameWriter();
  writer.pong(new TextEncoder().encode("there"));
  writer.text("last words");
  writer.close(1000);
  assert.deepEqual(await readByServer([takenFrom(writer)]), [
    "pong there",
    "text last words",
    "close 1000",
  ]);
  writer.close(1005);
  assert.deepEqual(await readByServer([takenFrom(writer)]), ["close 1005"]);
});

Deno.test("FrameWriter masks each frame in its own way", () => {
  const writer = new FrameWriter();
  const masks = new Set<string>();
  for (let frame = 0; frame < 3_000; frame++) {
    writer.text("a");
    masks.add(takenFrom(writer).subarray(2, 6).toHex());
  }
  assert.ok(masks.size > 2_990);
});

Deno.test("FrameWriter leaves taken frames as they are until the next are taken", () => {
  const writer = new FrameWriter();
  writer.text("one");
  const taken = writer.take()!;
  const before = taken.slice();
  for (let frame = 0; frame < 100; frame++) writer.text("x".repeat(100));
  assert.deepEqual(taken, before);
});

function takenFrom(writer: FrameWriter): Uint8Array {
  const { bytes } = writer;
  const taken = writer.take()?.slice() ?? new Uint8Array();
  assert.equal(taken.length, bytes);
  return taken;
}

/** What npm:ws reads as a server, which checks masks and UTF-8. */
async function readByServer(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const receiver = new Receiver({ isServer: true, allowSynchronousEvents: true });
  const read: string[] = [];
  receiver.on("message", (data: Uint8Array) => read.push(`text ${new TextDecoder().decode(data)}`));
  receiver.on("pong", (data: Uint8Array) => read.push(`pong ${new TextDecoder().decode(data)}`));
  receiver.on("conclude", (code: number) => read.push(`close ${code}`));
  const ended = new Promise((resolve, reject) => {
    receiver.on("finish", resolve);
    receiver.on("error", reject);
  });
  for (const chunk of chunks) receiver.write(chunk);
  receiver.end();
  await ended;
  return read;
}
