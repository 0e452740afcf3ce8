import assert from "node:assert/strict";
import { failuresOf, linesOf, openStage } from "../../support/scenarios/actOut.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { desk } from "../../support/scenarios/desk.ts";

Deno.test("callers who say the same at once, each hear and are told of their own call alone", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const run = await stage.act(`
title: Four at a time
agent: desk
model:
  - { hears: price, says: A haircut costs forty dollars. }
  - { hears: cheese, says: We have no cheese. }
callers:
  - caller: [{ hears: help you }, What is the price?]
  - caller: [{ hears: help you }, What is the price?]
  - { voice: slt, caller: [{ hears: help you }, Is there cheese?] }
  - { line: lossy, noise: { kind: street, level_db: -45 }, caller: [{ hears: help you }, Is there cheese?] }
expect:
  - answers_within_ms: 3000
  - ended: caller_hung_up
`);
  assert.deepEqual(failuresOf(run), []);
  const answers = ["A haircut costs forty dollars.", "We have no cheese."];
  const [price, cheese] = answers;
  assert.deepEqual(run.calls.map((call) => linesOf(call)[1]), [price, price, cheese, cheese]);
  const ids = run.calls.flatMap(({ evidence }) => evidence.lines.map(({ itemId }) => itemId));
  assert.equal(new Set(ids).size, 8);
  for (const { evidence: { record } } of run.calls) {
    const said = record?.turns.filter(({ role }) => role === "caller").map(({ text }) => text);
    assert.equal(said?.length, 1);
  }
  assert.deepEqual(
    run.calls.map(({ evidence: { record } }) =>
      record?.turns.find(({ role }) => role === "caller")?.text
    ),
    ["What is the price?", "What is the price?", "Is there cheese?", "Is there cheese?"],
  );
});

Deno.test("what a caller says is understood, and what is heard is right, while connections are lost", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const [inAnswer, before] = await Promise.all([
    stage.act(`
title: The connection is lost in the middle of an answer
agent: desk
model:
  - hears: price
    says: A haircut costs forty dollars, and a shave costs twenty dollars.
    fault: close-mid-sentence
  - { hears: thank you, says: You are welcome. }
caller:
  - What is the price?
  - hears: twenty dollars
  - Thank you.
expect:
  - heard: You are welcome
`),
    stage.act(`
title: The first connection is lost at once
agent: desk
model_faults: [close-after-handshake]
model:
  - { hears: price, says: A haircut costs forty dollars. }
caller:
  - say_now: What is the price?
  - hears: forty dollars
`),
  ]);
  assert.deepEqual([...failuresOf(inAnswer), ...failuresOf(before)], []);
  const turns = inAnswer.calls[0]?.evidence.record?.turns ?? [];
  assert.deepEqual(turns.filter(({ role }) => role === "caller").map(({ text }) => text), [
    "What is the price?",
    "Thank you.",
  ]);
});

Deno.test("a greeting that was kept from an earlier call is heard and on record", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const run = await stage.act(`
title: Two, one after the other
agent: desk
callers:
  - caller: [{ hears: help you }, { hang_up: true }]
  - { after_ms: 7000, caller: [{ hears: help you }, I like cheese., { hears: like cheese }] }
expect: [{ heard: How can I help you }]
`);
  assert.deepEqual(failuresOf(run), []);
  const [first, later] = run.calls.map(({ evidence: { lines } }) => lines[0]?.itemId);
  assert.equal(later, first, "the sound is that of the earlier call");
});
