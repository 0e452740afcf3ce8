import assert from "node:assert/strict";
import { DocumentReader } from "../../../src/services/knowledge/reading/documentReader.ts";
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
