import assert from "node:assert/strict";
import { join } from "node:path";
import { createAgentFolder } from "../support/agents/agentFolder.ts";
import { shortScenario } from "../support/scenarios/rehearseTask.ts";
import { rehearsed } from "../support/scenarios/rehearsed.ts";

Deno.test("reports are for their owner alone, also where there was one for all", async () => {
  await using folder = await createAgentFolder({
    "desk.md": "---\ntitle: Desk\ngreeting: Hello there.\n---\nHelp.",
    "scenarios/greets.yaml": shortScenario("A caller is greeted"),
  });
  const path = await Deno.makeTempDir();
  try {
    const junit = join(path, "report.xml");
    await Deno.writeTextFile(junit, "", { mode: 0o644 });
    const { code, printed } = await rehearsed(folder.env, "--junit", junit);
    assert.equal(code, 0, printed);
    assert.equal((await Deno.stat(junit)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
