import assert from "node:assert/strict";
import type { ToCaller } from "../../support/scenarios/lineRelay.ts";
import { actWith, scenarioOf } from "../../support/scenarios/plantedRegression.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";

const ASKED = scenarioOf(
  "asked",
  `
title: A caller asks for the price, and hangs up
model:
  - hears: price
    says: Forty dollars.
caller:
  - hears: Hello
  - What is the price?
  - hears: Forty dollars
  - hang_up: true
expect:
  - heard: Forty dollars
  - answers_within_ms: 2500
  - ended: caller_hung_up
`,
);
const STALL_MS = 3000;

Deno.test("a machine that stands still is no fault of the server's, and the report says so", async () => {
  await using folder = await createAgentFolder({
    "desk.md": "---\ntitle: Desk\ngreeting: Hello.\n---\nYou are at the desk.",
  });
  const voices = { rms: createFliteVoice({ voice: "rms" }) };
  try {
    const { verdicts } = await actWith(ASKED, { line: stallsOnce }, {
      agentsDir: folder.path,
      voices,
    });
    const failed = verdicts.filter(({ state }) => state === "failed");
    assert.deepEqual(failed, []);
    const answers = verdicts.find(({ expected }) => expected.startsWith("every answer"));
    assert.equal(answers?.state, "skipped");
    assert.match(
      answers?.found ?? "",
      /but this machine was \d\.\d\d s late then, too busy to tell$/,
    );
  } finally {
    voices.rms.close();
  }
});

/** The process does nothing for a while, just as the answer to the caller's line is to be heard. */
function stallsOnce(): ToCaller {
  let lastAt = -Infinity;
  let stretches = 0;
  return (message, pass) => {
    const now = performance.now();
    if (message.event === "media") {
      if (now - lastAt > 1000 && ++stretches === 2) { while (performance.now() - now < STALL_MS); }
      lastAt = now;
    }
    pass(message);
  };
}
