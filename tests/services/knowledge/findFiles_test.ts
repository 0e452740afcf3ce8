import { deepEqual } from "node:assert/strict";
import { findFiles } from "../../../src/services/knowledge/findFiles.ts";
import { agentsFolder } from "../../support/knowledge/documents.ts";

Deno.test("no name of a file begins a line of its own in the instructions", async () => {
  await using folder = await agentsFolder({ "docs/a\u2028# b\n# c\u2029.txt": "Text." });
  const { files } = await findFiles(folder.dir, ["docs"]);
  deepEqual(files.map(({ name }) => name), ["a# b# c.txt"]);
});
