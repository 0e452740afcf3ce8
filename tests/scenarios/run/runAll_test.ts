import assert from "node:assert/strict";
import { hurryTime } from "../../../src/cli/rehearse/hurriedTime.ts";
import { runAll } from "../../../src/scenarios/run/runAll.ts";
import { runOf } from "../../support/scenarios/runOf.ts";

Deno.test("calls that are interrupted have real seconds to end, however fast time runs", async () => {
  const realTimeout = globalThis.setTimeout;
  using _hurried = hurryTime(10);
  const run = runOf('{ "id": "call_1" }');
  const interruption = new AbortController();
  let isOver = false;
  await runAll([run], {
    ...{ repeat: 1, concurrency: 1, seed: 1, signal: interruption.signal },
    async act() {
      interruption.abort();
      await new Promise((resolve) => realTimeout(resolve, 1000));
      isOver = true;
      return run;
    },
    onStart: () => {},
    onDone: () => assert.fail("what was interrupted has no outcome"),
  });
  assert.ok(isOver, "runAll() waited for it");
});
