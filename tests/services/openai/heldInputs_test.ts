import assert from "node:assert/strict";
import { audioFrames, contract, respond } from "../../support/openai/modelContract.ts";

contract("keeps what the caller says until the session is ready (case 7)", async (stage) => {
  const { client, sink } = stage.open();
  const session = await stage.server.session();
  await session.first("session.update");
  client.sendAudio("AAAA");
  client.sendAudio("BBBB");
  client.send(respond("greeting"));
  await session.confirm();
  await sink.first("modelReady");
  client.sendAudio("CCCC");
  await session.nth("input_audio_buffer.append", 2);
  assert.deepEqual(session.frames.all.map((frame) => frame.audio ?? frame.type), [
    "session.update",
    "response.create",
    "AAAA",
    "BBBB",
    "CCCC",
  ]);
});

contract("sends the history first, then held requests, then held audio", async (stage) => {
  const history = [
    { type: "message", role: "user", text: "Hi" },
    { type: "message", role: "agent", text: "Hello" },
    { type: "toolCall", callId: "c1", name: "t", arguments: "{}", output: "done" },
  ] as const;
  const { client, sink } = stage.open({}, { history });
  client.sendAudio("AAAA");
  client.send({ type: "message", role: "system", text: "Late caller" });
  const session = await stage.server.session();
  await session.confirm();
  await session.first("input_audio_buffer.append");
  const [, ...frames] = session.frames.all;
  assert.deepEqual(frames.map((frame) => frame.item?.role ?? frame.item?.type ?? frame.type), [
    "user",
    "assistant",
    "function_call",
    "function_call_output",
    "system",
    "input_audio_buffer.append",
  ]);
  assert.deepEqual(frames[1]?.item.content, [{ type: "output_text", text: "Hello" }]);

  for (const [index, frame] of frames.slice(0, 4).entries()) {
    session.say({
      type: "conversation.item.added",
      previous_item_id: frames[index - 1]?.item.id ?? null,
      item: frame.item,
    });
  }
  session.say({
    type: "conversation.item.added",
    previous_item_id: frames[3]?.item.id,
    item: { id: "item_1", type: "message", role: "user" },
  });
  assert.deepEqual(await sink.first("itemAdded"), {
    type: "itemAdded",
    itemId: "item_1",
    role: "user",
  });
});

contract("keeps a reply behind the turn it replies to", async (stage) => {
  const { client } = stage.open();
  client.sendAudio("AAAA");
  client.clearInputBuffer();
  client.commitAudio();
  client.sendAudio("BBBB");
  client.commitAudio();
  client.send(respond("reply"));
  const session = await stage.server.session();
  await session.confirm();
  await session.first("response.create");
  assert.deepEqual(session.frames.all.map((frame) => frame.audio ?? frame.type), [
    "session.update",
    "BBBB",
    "input_audio_buffer.commit",
    "response.create",
  ]);
});

contract("drops the oldest of too much held audio, and counts it", async (stage) => {
  const { client, sink } = stage.open({ maxHeldAudioMs: 1 });
  for (const audio of ["AAAA", "BBBB", "CCCC", "DDDD"]) client.sendAudio(audio);
  const session = await stage.server.session();
  await session.confirm();
  await sink.first("modelReady");
  client.commitAudio();
  await session.first("input_audio_buffer.commit");
  assert.deepEqual(audioFrames(session), ["CCCC", "DDDD"]);
  client.close();
  assert.match(stage.log.lines.join(), /"droppedFrames":2/);
});

contract("refuses requests beyond what it can hold", async (stage) => {
  const { client, sink } = stage.open();
  for (let index = 0; index < 257; index++) client.send({ type: "delete", itemId: `i${index}` });
  const { request, kind, code } = await sink.first("requestRefused");
  assert.deepEqual([request, code], [{ type: "delete", itemId: "i256" }, "too_many_held"]);
  assert.equal(kind, "other");
});

contract("drops the caller's audio rather than queue without end", async (stage) => {
  const { client, session } = await stage.live({ maxBufferedBytes: -1 });
  client.sendAudio("AAAA");
  client.commitAudio();
  await session.first("input_audio_buffer.commit");
  assert.deepEqual(audioFrames(session), []);
  client.close();
  assert.match(stage.log.lines.join(), /"droppedFrames":1/);
});
