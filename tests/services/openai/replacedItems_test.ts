import assert from "node:assert/strict";
import type { ModelRequest } from "../../../src/call/realtimeClient.ts";
import { contract, type Stage } from "../../support/openai/modelContract.ts";
import type { ClientFrame, ScriptedSession } from "../../support/openai/scriptedRealtime.ts";

contract(
  "puts words behind the sound, and takes the sound away when they are there",
  async (stage) => {
    const { session, sink, words } = await replacing(stage);
    assert.equal(words.previous_item_id, "sound");
    assert.deepEqual(words.item, {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "Good …" }],
      id: words.item.id,
    });
    added(session, words, "sound");
    const removed = await session.first("conversation.item.delete");
    assert.equal(removed.item_id, "sound");
    assert.ok(!sink.inputs.all.some(({ type }) => type === "replaced"), "it is not gone yet");
    session.say({ type: "conversation.item.deleted", item_id: "another" });
    session.say({ type: "conversation.item.deleted", item_id: "sound" });
    session.say({ type: "conversation.item.deleted", item_id: "sound" });
    await sink.first("replaced");
    await settled(stage, session, sink);
    assert.deepEqual(
      sink.inputs.all.filter(({ type }) => type === "replaced" || type === "itemAdded"),
      [{ type: "replaced", itemId: "sound" }, { ...NEXT, previousItemId: "sound" }],
      "once, and words in another's place are no news",
    );
  },
);

contract(
  "takes sound that is gone already for replaced, once its words are there",
  async (stage) => {
    const { session, sink, words } = await replacing(stage);
    added(session, words, "sound");
    const removed = await session.first("conversation.item.delete");
    session.refuse(removed, { code: "item_delete_invalid_item_id" });
    assert.deepEqual(await sink.first("replaced"), { type: "replaced", itemId: "sound" });
  },
);

contract(
  "says of an item that is not there that it is gone, and deletes nothing",
  async (stage) => {
    const { session, sink, words } = await replacing(stage);
    session.refuse(words, { code: "item_create_invalid_previous_item_id" });
    const { kind, request } = await sink.first("requestRefused");
    assert.equal(kind, "gone");
    assert.deepEqual(request, REPLACE);
    await settled(stage, session, sink);
    assert.deepEqual(deletions(session), []);
  },
);

for (const previous of ["other", null, undefined]) {
  contract(`takes words away that stand behind ${previous}, and keeps the sound`, async (stage) => {
    const { session, sink, words } = await replacing(stage);
    added(session, words, previous);
    assert.equal((await sink.first("requestRefused")).kind, "unsupported");
    await session.first("conversation.item.delete");
    session.say({ type: "conversation.item.deleted", item_id: words.item.id });
    await settled(stage, session, sink);
    assert.deepEqual(deletions(session), [words.item.id]);
    assert.ok(!sink.inputs.all.some(({ type }) => type === "replaced"));
  });
}

for (const code of ["unknown_or_invalid_event", "invalid_event", "not_implemented"]) {
  contract(`case 78: a server that answers a delete with ${code} cannot replace`, async (stage) => {
    const { session, sink, words } = await replacing(stage);
    added(session, words, "sound");
    session.refuse(await session.first("conversation.item.delete"), { code });
    assert.equal((await sink.first("requestRefused")).kind, "unsupported");
  });
}

const REPLACE = {
  type: "replace",
  itemId: "sound",
  role: "agent",
  text: "Good …",
} as const satisfies ModelRequest;
const NEXT = { type: "itemAdded", itemId: "next", role: "user" } as const;

async function replacing(stage: Stage) {
  const { client, session, sink } = await stage.live();
  client.send(REPLACE);
  return { session, sink, words: await session.first("conversation.item.create") };
}

function added(session: ScriptedSession, { item }: ClientFrame, previous: unknown): void {
  session.say({ type: "conversation.item.added", previous_item_id: previous, item });
}

/** All that was said so far has been handled; the next item stands behind the words. */
async function settled(
  _: Stage,
  session: ScriptedSession,
  sink: Awaited<ReturnType<Stage["live"]>>["sink"],
): Promise<void> {
  const words = await session.first("conversation.item.create");
  session.say({
    type: "conversation.item.added",
    previous_item_id: words.item.id,
    item: { id: "next", type: "message", role: "user", content: [] },
  });
  await sink.first("itemAdded");
}

function deletions(session: ScriptedSession): readonly string[] {
  return session.frames.all.flatMap((frame) =>
    frame.type === "conversation.item.delete" ? [frame.item_id] : []
  );
}
