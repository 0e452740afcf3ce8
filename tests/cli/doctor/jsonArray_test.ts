import { strict as assert } from "node:assert";
import { addToJsonArray, readJsonArray } from "../../../src/cli/doctor/jsonArray.ts";

const path = ["permissions", "server", "net"];

Deno.test("addToJsonArray() adds to the list that is meant, and leaves all else as it is", () => {
  for (
    const [before, after] of [
      [`{"permissions":{"server":{"net":[]}}}`, `{"permissions":{"server":{"net":["a:1"]}}}`],
      [
        `{"net":["x"],"permissions":{"server":{"env":{"net":[1]},"net":["b"]}}}`,
        `{"net":["x"],"permissions":{"server":{"env":{"net":[1]},"net":["b", "a:1"]}}}`,
      ],
      [
        `{\n  // "net": [\n  "permissions": { "server": {\n    "net": [\n      "b]", // why }\n      "c" /* last */,\n    ]\n  } }\n}\n`,
        `{\n  // "net": [\n  "permissions": { "server": {\n    "net": [\n      "b]", // why }\n      "c",\n      "a:1" /* last */,\n    ]\n  } }\n}\n`,
      ],
      [
        `{"permissions":{"server":{"net":[\n  // none, yet\n]}}}`,
        `{"permissions":{"server":{"net":["a:1"\n  // none, yet\n]}}}`,
      ],
      [
        `{"permissions":{"server":{"net":["a:1"]}}}`,
        `{"permissions":{"server":{"net":["a:1"]}}}`,
      ],
      [
        `{"a\\"b": "}", "permissions": {"other": {"net": ["z"]}, "server": {"net": ["b"]}}}`,
        `{"a\\"b": "}", "permissions": {"other": {"net": ["z"]}, "server": {"net": ["b", "a:1"]}}}`,
      ],
    ] as const
  ) {
    assert.equal(addToJsonArray(before, path, "a:1"), after);
    assert.ok(readJsonArray(after, path)?.includes("a:1"), after);
  }
});

Deno.test("addToJsonArray() makes no file that Deno would not read, or reads otherwise", () => {
  for (
    const text of [
      `{"permissions":{"server":{"net":["a" "b"]}}}`,
      `{"permissions":{"server":{"net":["a"],"net":["b"]}}}`,
      `{"permissions":{"server":{"net":["a"]}},`,
    ]
  ) assert.throws(() => addToJsonArray(text, path, "a:1"), /add "a:1" by hand/, text);
});

Deno.test("addToJsonArray() adds nothing where there is no such list", () => {
  for (const text of ["", "{}", `{"permissions":{"server":{"net":true}}}`, `{"permissions":[`]) {
    assert.throws(() => addToJsonArray(text, path, "a"), text);
    assert.ok(text.endsWith("[") || readJsonArray(text, path) === undefined, text);
  }
});
