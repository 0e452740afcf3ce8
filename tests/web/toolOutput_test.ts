import assert from "node:assert/strict";
import { readableOutput } from "../../src/web/toolOutput.ts";

Deno.test("readableOutput() shows what was read with its source, and anything else as it is", () => {
  const passages = [
    { source: "prices.pdf, page 3", text: "An oil change\nis 89 euro." },
    { source: "faq.md > Hours", text: "From 9 to 5." },
  ];
  assert.equal(
    readableOutput(JSON.stringify({ note: "Quotations", passages })),
    "prices.pdf, page 3:\nAn oil change\nis 89 euro.\n\nfaq.md > Hours:\nFrom 9 to 5.",
  );
  assert.equal(readableOutput('{"note":"x","passages":[]}'), "nothing found");
  const others = ['{"passages":[{"source":1}]}', '{"passages":', '"passages"', "plain", "{}"];
  for (const other of others) assert.equal(readableOutput(other), other);
});
