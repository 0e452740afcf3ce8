import assert from "node:assert/strict";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";

Deno.test("the scenarios that the manual shows hold", async () => {
  const manual = await Deno.readTextFile("docs/rehearse.md");
  const shown = [...manual.matchAll(/^```yaml\n(title: [\s\S]*?)^```$/gm)];
  assert.equal(shown.length, 2);
  using stage = openStage("src/agents");
  const runs = await Promise.all(shown.map(([, text = ""]) => stage.act(text)));
  assert.deepEqual(runs.flatMap(failuresOf), []);
});
