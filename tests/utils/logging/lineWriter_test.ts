import assert from "node:assert/strict";
import { createLineWriter } from "../../../src/utils/logging/lineWriter.ts";

/** A reader that takes as much as the test lets it, `mostBytes` at a time. */
function slowReader(mostBytes: number) {
  let text = "";
  let gate = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  return {
    get text() {
      return text;
    },
    open: () => gate.resolve(),
    shut: () => gate = Promise.withResolvers(),
    async sink(bytes: Uint8Array) {
      await gate.promise;
      const taken = bytes.subarray(0, mostBytes);
      text += decoder.decode(taken, { stream: true });
      return taken.length;
    },
  };
}

Deno.test("createLineWriter() keeps the order of lines, also where little is taken at a time", async () => {
  const reader = slowReader(3);
  const writer = createLineWriter({ sink: reader.sink });
  reader.open();
  const lines = Array.from({ length: 200 }, (_, at) => `line ${at} …`);
  for (const line of lines) writer.write(line);
  await writer.flush(60_000);
  assert.equal(reader.text, lines.map((line) => `${line}\n`).join(""));
  assert.equal(writer.dropped, 0);
});

Deno.test("case 154: lines that nobody reads are dropped and counted, and said so when they are read again", async () => {
  const reader = slowReader(1000);
  const heard: unknown[] = [];
  const writer = createLineWriter({
    sink: reader.sink,
    maxWaitingBytes: 1000,
    onStalled: () => heard.push("stalled"),
    onRecovered: (dropped) => {
      heard.push(dropped);
      writer.write("back");
    },
  });
  for (let at = 0; at < 200; at++) writer.write("x".repeat(9));
  assert.deepEqual([writer.dropped, heard], [100, ["stalled"]]);
  await writer.flush(1);
  assert.equal(reader.text, "");
  reader.open();
  await writer.flush(60_000);
  assert.equal(reader.text, `${"x".repeat(9)}\n`.repeat(100) + "back\n");
  assert.deepEqual(heard, ["stalled", 100]);
});

Deno.test("createLineWriter() writes a line that comes just as all others are written", async () => {
  const taken: string[] = [];
  let last: Promise<number> | undefined;
  const writer = createLineWriter({
    sink(bytes) {
      taken.push(new TextDecoder().decode(bytes));
      last = Promise.resolve(bytes.length);
      return last;
    },
  });
  for (let turns = 0; turns < 8; turns++) {
    const before = taken.length;
    writer.write("first");
    while (taken.length === before) await Promise.resolve();
    await last;
    // A line that comes in any of the microtasks after the write.
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    writer.write(`after ${turns}`);
    await writer.flush(60_000);
    assert.equal(taken.at(-1), `after ${turns}\n`);
  }
});

Deno.test("createLineWriter() asks a reader that is gone no more", async () => {
  let tries = 0;
  const writer = createLineWriter({
    sink() {
      tries++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  });
  writer.write("a");
  await writer.flush(60_000);
  for (let at = 0; at < 10; at++) writer.write("b");
  await writer.flush(60_000);
  assert.deepEqual([tries, writer.dropped], [1, 11]);
});
