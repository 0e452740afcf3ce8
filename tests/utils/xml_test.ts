import assert from "node:assert/strict";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { writeXml } from "../../src/utils/xml.ts";

/** With all that means something in XML, or is not in it. */
const text = fc.string({
  unit: fc.constantFrom(..."a \"'<>&;]\n\r\t\0\x07\ufffe\ud800", "\u{1f600}", "]]>", "<!--"),
});

Deno.test("any text arrives at a reader of XML as it was, but for what XML does not have", () => {
  fc.assert(fc.property(text, text, (attribute, content) => {
    const parser = new SaxesParser();
    const seen: unknown[] = [];
    let read = "";
    parser.on("opentag", ({ name, attributes }) => void seen.push([name, { ...attributes }]));
    parser.on("text", (text) => void (read += text));
    parser.on("error", (error) => assert.fail(error));
    const inner = { name: "Say", attributes: { a: attribute, b: undefined, c: 1 }, content };
    parser.write(writeXml({ name: "Response", content: [inner] })).close();
    assert.deepEqual(seen, [["Response", {}], ["Say", { a: known(attribute), c: "1" }]]);
    assert.equal(read, known(content));
  }));
});

Deno.test("what holds nothing is an empty element", () => {
  const start = '<?xml version="1.0" encoding="UTF-8"?>';
  assert.equal(
    writeXml({ name: "a", content: [{ name: "b", content: "" }] }),
    `${start}<a><b/></a>`,
  );
  assert.equal(writeXml({ name: "a", content: [] }), `${start}<a/>`);
});

function known(text: string): string {
  return ["\0", "\x07", "\ufffe"].reduce((left, none) => left.replaceAll(none, ""), text)
    .toWellFormed();
}
