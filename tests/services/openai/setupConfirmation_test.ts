import assert from "node:assert/strict";
import { contract, respond } from "../../support/openai/modelContract.ts";

contract("sends the session set-up before the first server event", async (stage) => {
  stage.open();
  const session = await stage.server.session();
  const { session: told } = await session.first("session.update");
  assert.equal(told.instructions, "Be kind.");
  assert.deepEqual(told.audio.output.format, { type: "audio/pcmu" });
});

contract("goes on without a confirmation that does not come (case 10)", async (stage) => {
  const { client, sink } = stage.open({ readyTimeoutMs: 1 });
  client.sendAudio("AAAA");
  const session = await stage.server.session();
  session.say({ type: "session.created", session: {} });
  await sink.first("modelReady");
  await session.first("input_audio_buffer.append");
});

contract("goes on where a sign of life is all that a server says of its set-up", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1, heartbeatTimeoutMs: 60_000 });
  const session = await stage.server.session();
  const probe = await session.first("conversation.item.retrieve");
  session.refuse(probe, { code: "item_retrieve_invalid_item_id" });
  await sink.first("modelReady");
});

contract("case 73: a server that confirms late, twice or never has one session", async (stage) => {
  const { client, session, sink } = await stage.live();
  for (let n = 0; n < 3; n++) {
    session.say({ type: "session.created", session: { expires_at: 0 } });
    session.say({ type: "session.updated", session: {} });
  }
  client.send(respond("greeting"));
  await session.first("response.create");
  const late = stage.open({ readyTimeoutMs: 1 });
  const slow = await stage.server.session(1);
  slow.say({ type: "session.created", session: {} });
  await late.sink.first("modelReady");
  late.client.send(respond("greeting"));
  await slow.first("response.create");
  await slow.confirm();
  slow.say({ type: "input_audio_buffer.speech_started" });
  await late.sink.first("speechStarted");
  const asked = slow.frames.all.map(({ type }) => type)
    .filter((type) => type !== "conversation.item.retrieve");
  assert.deepEqual(asked, ["session.update", "response.create"]);
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
});
