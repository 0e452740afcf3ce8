import assert from "node:assert/strict";
import { DocumentReader } from "../../../src/services/knowledge/reading/documentReader.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { agentsFolder, pdfOf } from "../../support/knowledge/documents.ts";

Deno.test("a file that takes too long is given up with its thread, and the next is read", async () => {
  await using folder = await agentsFolder({
    "a.txt": "The first.",
    "b.pdf": pdfOf([["The second."]]),
  });
  const timers: (() => void)[] = [];
  const reader = new DocumentReader({
    setTimer(wake) {
      timers.push(wake);
      return () => {};
    },
    fileLimitMs: 3000,
    maxBytes: 1000,
    maxMemoryBytes: Infinity,
    maxWholeChars: 100,
  });
  const stuck = reader.open(`${folder.dir}/a.txt`, "a.txt");
  timers[0]?.();
  await assert.rejects(stuck, { message: "took longer than 3 s" });
  const opened = await reader.open(`${folder.dir}/b.pdf`, "b.pdf");
  assert.match(opened.hash, /^[0-9a-f]{64}$/);
  assert.deepEqual(await opened.parse(), {
    passages: 1,
    chars: 11,
    pages: 1,
    topics: [],
    whole: "[page 1]\nThe second.",
  });
  assert.deepEqual((await opened.next(9)).map(({ text }) => text), ["The second."]);
  assert.deepEqual(await opened.next(9), []);
  const cases: readonly (readonly [string, RegExp])[] = [
    ["gone.txt", /^is gone$/],
    ["", /^is not a file$/],
  ];
  for (const [name, message] of cases) {
    await assert.rejects(reader.open(`${folder.dir}/${name}`, name), { message });
  }
  await folder.write("big.txt", "x".repeat(1001));
  await assert.rejects(reader.open(`${folder.dir}/big.txt`, "big.txt"), /is larger than/);
  const abandoned = reader.open(`${folder.dir}/a.txt`, "a.txt");
  reader.close();
  await assert.rejects(abandoned, { message: "was not read to its end" });
});

Deno.test("a small file that unfolds to gigabytes is given up before it has", async () => {
  const spaces = new Blob([new Uint8Array(100_000_000).fill(32)]).stream();
  const bytes = await new Response(spaces.pipeThrough(new CompressionStream("deflate"))).bytes();
  await using folder = await agentsFolder({ "bomb.pdf": bombOf(bytes), "a.txt": "The first." });
  const reader = new DocumentReader({
    setTimer,
    fileLimitMs: 60_000,
    maxBytes: 1_000_000,
    maxMemoryBytes: 256 * 1024 * 1024,
    maxWholeChars: 100,
  });
  try {
    const opened = await reader.open(`${folder.dir}/bomb.pdf`, "bomb.pdf");
    await assert.rejects(opened.parse(), { message: "takes too much memory" });
    const next = await reader.open(`${folder.dir}/a.txt`, "a.txt");
    assert.equal((await next.parse()).whole, "The first.");
  } finally {
    reader.close();
  }
});

/** A PDF of one page whose content is the same deflated stream, many times. */
function bombOf(deflated: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = [
    "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
    "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
    `3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[${"4 0 R ".repeat(20)}]`,
    "/Resources<<>>>>\nendobj\n",
    `4 0 obj\n<</Length ${deflated.length}/Filter/FlateDecode>>\nstream\n`,
  ].join("");
  const tail = "\nendstream\nendobj\ntrailer<</Size 5/Root 1 0 R>>\n%%EOF";
  const [before, after] = [head, tail].map((text) => new TextEncoder().encode(text));
  return new Uint8Array([...before ?? [], ...deflated, ...after ?? []]);
}
