import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";
import { desk } from "../../support/scenarios/desk.ts";

const OVER = "0: the caller gets through the scenario: the call was over before";

Deno.test("steps for which the call is over too early fail, but for silence and a hang-up", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const ends = `
agent: desk
model: [{ hears: hello, says: Goodbye., calls: { end_call: { reason: bored } } }]
caller:
  - hears: help you
  - Hello.`;
  const [dropped, rightly, heard, limit] = await Promise.all([
    stage.act(`
title: The agent hangs up on a caller who has more to say${ends}
  - I would like to cancel.
  - keys: "1"
  - { cut_in: { say: "No.", after_ms: 100 } }
expect: [never_heard: rude words]
`),
    stage.act(`
title: The agent hangs up on a caller who waits${ends}
  - silence_ms: 20000
  - hang_up: true
expect: [ended: agent_hung_up]
`),
    stage.act(`
title: The agent hangs up with what the caller waits for${ends}
  - hears: goodbye
  - hears: goodbye
`),
    stage.act(`
title: The call is over in the middle of the greeting
agent: desk
max_seconds: 1
caller: [{ hears: How can I help you }, Never said.]
`),
  ]);
  assert.deepEqual(failuresOf(dropped), [
    `${OVER} 3 steps were acted out: "I would like to cancel.", ...`,
  ]);
  assert.deepEqual(failuresOf(rightly), []);
  assert.deepEqual(failuresOf(heard), [`${OVER} "goodbye" was heard`]);
  assert.deepEqual(failuresOf(limit), [
    `${OVER} "How can I help you" was heard`,
    `${OVER} a step was acted out: "Never said."`,
  ]);
});

Deno.test("a call that a fault ends passes only where its end is named", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const act = (ended: string) =>
    stage.act(`
title: The model cannot be reached
agent: desk
model_faults: [{ every_connection: refuse-handshake:401 }]
caller: [{ silence_ms: 60000 }]
expect: [{ never_heard: rude words }, { no_tool: end_call }${ended}]
`);
  const [unnamed, named] = await Promise.all([act(""), act(", { ended: model_failed }")]);
  const [failure, ...others] = failuresOf(unnamed);
  assert.match(
    failure ?? "",
    /^0: the call takes place, and ends without a fault: model_failed \(/,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(failuresOf(named), []);
  const [call] = named.calls;
  assert.equal(
    call?.verdicts.find(({ expected }) => expected.startsWith("never heard"))?.state,
    "skipped",
  );
});
