import assert from "node:assert/strict";
import { tellStrayErrors } from "../../../src/cli/rehearse/strayErrors.ts";
import { until } from "../../support/until.ts";

Deno.test("errors that nobody caught are told, and end no rehearsal", async () => {
  const lines: string[] = [];
  using _ = tellStrayErrors((line) => lines.push(line));
  Promise.reject(new Error("stray rejection"));
  queueMicrotask(() => {
    throw new Error("stray\nerror");
  });
  await until(() => lines.length, (length) => length === 2);
  const why = "log   an error that nobody caught, as a tool may leave behind: ";
  assert.deepEqual(lines.toSorted(), [
    `${why}Error: stray error`,
    `${why}Error: stray rejection`,
  ]);
});
