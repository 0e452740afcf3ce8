import { strict as assert } from "node:assert";
import { findingCodes } from "../../../src/services/setup.ts";

const root = new URL("../../../", import.meta.url);

Deno.test("docs/doctor.md has every code of a finding, and no other", async () => {
  const text = await Deno.readTextFile(new URL("docs/doctor.md", root));
  const described = [...text.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
  assert.deepEqual(described.toSorted(), findingCodes.toSorted());
});
