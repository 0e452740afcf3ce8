import assert from "node:assert/strict";
import { Heartbeat } from "../../../src/services/openai/heartbeat.ts";
import { Inbox } from "../../support/inbox.ts";
import { contract } from "../../support/openai/modelContract.ts";

contract("case 73: a handshake after which nothing is said ends as lost", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1, heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  assert.deepEqual(await sink.loss(), { code: "network", retry: "backoff" });
});

contract("case 73: a server that opens a session and says no more ends as lost", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1, heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  (await stage.server.session()).say({ type: "session.created", session: {} });
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

Deno.test("a process that was held up looks for the answer before it takes the server for dead", async () => {
  let heldUpMs = 0;
  const probes = new Inbox<void>();
  const dead = Promise.withResolvers<void>();
  const heartbeat = new Heartbeat({
    intervalMs: 5,
    timeoutMs: 5,
    now: () => performance.now() + heldUpMs,
    onProbeDue() {
      probes.add();
      // The process does nothing for a minute after its first probe, and the answer waits to be read.
      if (probes.all.length === 1) queueMicrotask(() => heldUpMs = 60_000);
    },
    onDead: dead.resolve,
  });
  heartbeat.start();
  await probes.when((all) => all.length > 0);
  setTimeout(() => heartbeat.heard(), 50);
  await dead.promise;
  assert.ok(probes.all.length > 1, "dead only after a probe that had no answer");
  heartbeat.stop();
});
