import { strict as assert } from "node:assert";
import { slimModule } from "../../src/routes/slimModule.ts";

Deno.test("a module of the page goes out without comments and indentation", () => {
  const module = `/** What it is. */
// Why.
export function answer() {
  /*
   * More.
   */
  const url = "https://example.com"; // Here.


  return url;
}
`;
  assert.equal(
    slimModule(module),
    `export function answer() {
const url = "https://example.com"; // Here.
return url;
}
`,
  );
});

Deno.test("a module with a text over several lines goes out as it is", () => {
  const module = "export const style = `\n  /* Wide. */\n  .wide { width: 1em }`;\n";
  assert.equal(slimModule(module), module);
});
