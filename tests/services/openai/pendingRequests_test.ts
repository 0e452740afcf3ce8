import assert from "node:assert/strict";
import { contract, respond } from "../../support/openai/modelContract.ts";

contract("names the request that was refused, and what a truncate may ask for", async (stage) => {
  const { client, session, sink } = await stage.live();
  const truncate = {
    type: "truncate",
    itemId: "i1",
    contentIndex: 0,
    audioEndMs: 2_000,
  } as const;
  client.send(truncate);
  const frame = await session.first("conversation.item.truncate");
  assert.deepEqual([frame.item_id, frame.content_index, frame.audio_end_ms], ["i1", 0, 2_000]);
  session.refuse(frame, {
    type: "invalid_request_error",
    code: null,
    message: "Audio content of 1234ms is already shorter than 2000ms",
  });
  assert.deepEqual(await sink.first("requestRefused"), {
    type: "requestRefused",
    request: truncate,
    kind: "tooShort",
    code: "invalid_request_error",
    availableMs: 1_234,
  });
});

contract("takes a collision of responses for the latest request (case 34)", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.send(respond("tool_result"));
  await session.first("response.create");
  session.say({
    type: "error",
    error: { code: "conversation_already_has_active_response", message: "busy" },
  });
  const { request, kind, code } = await sink.first("requestRefused");
  assert.deepEqual(request, respond("tool_result"));
  assert.equal(kind, "busy");
  assert.equal(code, "conversation_already_has_active_response");
});

contract(
  "is told what the agent said without it, and in the same place what was heard of it",
  async (stage) => {
    const { client, session } = await stage.live();
    for (const text of ["Good day, Ada.", "Good day …", "", ""]) {
      client.send({ type: "said", itemId: "greeting", text });
    }
    client.send({ type: "message", role: "user", text: "hello" });
    const whole = await session.nth("conversation.item.create", 0);
    const cut = await session.nth("conversation.item.create", 1);
    const typed = await session.nth("conversation.item.create", 2);
    assert.equal(whole.item.content[0].text, "Good day, Ada.");
    assert.equal(cut.item.content[0].text, "Good day …");
    assert.equal(cut.previous_item_id, "root");
    assert.notEqual(cut.item.id, whole.item.id, "no id is used twice");
    assert.equal(typed.item.role, "user", "what is taken back is not created again");
    const removed = [
      await session.nth("conversation.item.delete", 0),
      await session.nth("conversation.item.delete", 1),
    ];
    assert.deepEqual(removed.map(({ item_id }) => item_id), [whole.item.id, cut.item.id]);
  },
);
