import assert from "node:assert/strict";
import { BoundedMap } from "../../src/utils/boundedMap.ts";

Deno.test("a full map gives up the entry that was set first", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1).set("b", 2).set("a", 3);
  assert.deepEqual([...map], [["a", 3], ["b", 2]]);
  map.set("c", 4);
  assert.deepEqual([...map], [["b", 2], ["c", 4]]);
});
