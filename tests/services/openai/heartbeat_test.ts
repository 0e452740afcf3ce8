import assert from "node:assert/strict";
import { contract } from "../../support/openai/modelContract.ts";

contract("case 73: a handshake after which nothing is said ends as lost", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1, heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  assert.deepEqual(await sink.loss(), { code: "network", retry: "backoff" });
});

contract("asks a silent server for a sign of life, and takes its answer", async (stage) => {
  const { session, sink } = await stage.live({ heartbeatMs: 5, heartbeatTimeoutMs: 2000 });
  for (let index = 0; index < 2; index++) {
    const probe = await session.nth("conversation.item.retrieve", index);
    session.refuse(probe, { code: "item_retrieve_invalid_item_id" });
  }
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
  assert.deepEqual(stage.log.lines, []);
});

contract("is lost when the sign of life does not come", async (stage) => {
  const { session, sink } = await stage.live({ heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  assert.deepEqual(await sink.loss(), { code: "network", retry: "backoff" });
  await session.first("conversation.item.retrieve");
});
