import assert from "node:assert/strict";
import { contract, SETUP, type Stage } from "../../support/openai/modelContract.ts";

const NEXT = { ...SETUP, instructions: "You are the billing desk.", tools: [] };

contract(
  "changes instructions and tools alone, for another agent of the same voice",
  async (stage) => {
    const { client, session } = await ready(stage);
    client.changeSetup(NEXT);
    client.send({ type: "message", role: "system", text: "Go on." });
    const change = await session.nth("session.update", 1);
    assert.deepEqual(change.session, {
      type: "realtime",
      instructions: "You are the billing desk.",
      tools: [],
    });
    await session.first("conversation.item.create");
    const { turnDetection: _, ...rest } = NEXT;
    client.changeSetup({ ...rest, turnDetection: { kind: "manual" } });
    const manual = await session.nth("session.update", 2);
    assert.deepEqual(manual.session.audio, { input: { turn_detection: null } });
    client.close();
  },
);

contract(
  "is lost, for another to take its place, where the server refuses the change",
  async (stage) => {
    const { client, sink, session } = await ready(stage);
    client.changeSetup(NEXT);
    session.refuse(await session.nth("session.update", 1), { code: "invalid_value" });
    assert.deepEqual(await sink.loss(), { code: "invalid_value", retry: "now" });
  },
);

contract(
  "is set up for the agent that has the call by the time it has connected",
  async (stage) => {
    const { client } = stage.open();
    client.changeSetup(NEXT);
    const session = await stage.server.session();
    const first = await session.first("session.update");
    assert.equal(first.session.instructions, "You are the billing desk.");
    client.close();
  },
);

async function ready(stage: Stage) {
  const { client, sink } = stage.open();
  const session = await stage.server.session();
  await session.first("session.update");
  session.say({ type: "session.updated", session: {} });
  await sink.first("modelReady");
  return { client, sink, session };
}
