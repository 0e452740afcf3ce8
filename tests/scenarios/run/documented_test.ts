import assert from "node:assert/strict";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";

Deno.test("the scenario that the manual shows holds", async () => {
  const manual = await Deno.readTextFile("docs/rehearse.md");
  const [, text] = /^## A scenario$[\s\S]*?^```yaml\n([\s\S]*?)^```$/m.exec(manual) ?? [];
  assert.ok(text);
  using stage = openStage("src/agents");
  const run = await stage.act(text);
  assert.deepEqual(failuresOf(run), []);
});
