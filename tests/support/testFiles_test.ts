import { strict as assert } from "node:assert";
import { mixed, testFilesIn } from "./testFiles.ts";

const root = new URL("../..", import.meta.url).pathname;

Deno.test("every test file has its one place in the order in which all are run", () => {
  const files = testFilesIn(`${root}/tests`).map((file) => file.slice(root.length + 1));
  assert.ok(files.includes("tests/support/testFiles_test.ts"));
  assert.ok(files.includes("tests/app_test.ts"));
  assert.ok(files.every((file) => file.endsWith("_test.ts")));
  assert.deepEqual(mixed(files).toSorted(), files.toSorted());
});

Deno.test("the files of each folder are spread evenly over a run", () => {
  const files = [..."abcd"].map((name) => `tests/call/${name}_test.ts`);
  const slow = [..."xy"].map((name) => `tests/e2e/${name}_test.ts`);
  assert.deepEqual(
    mixed([...files, ...slow]).map((file) => file.split("/")[1]),
    ["call", "e2e", "call", "call", "e2e", "call"],
  );
});
