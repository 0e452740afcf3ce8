import assert from "node:assert/strict";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";
import { mediaMessage, startMediaServer, startMessage } from "../support/servers/mediaServer.ts";
import { callFromClient } from "../support/browser/webClient.ts";
import { startWebServer } from "../support/servers/webServer.ts";
import { Session } from "../../src/call/session.ts";

/** A call whose every frame is its last. */
class BrokenSession extends RecordingSession {
  override hear(): boolean {
    throw new Error("broken");
  }
}

Deno.test("a call that throws loses its own media stream, and no other call notices", async () => {
  const [broken, other] = [new BrokenSession(), new RecordingSession()];
  await using server = startMediaServer({ right: broken, other });
  const [first, second] = [await server.connect(), await server.connect()];
  first.send(startMessage());
  second.send(startMessage({ token: "other" }));
  await Promise.all([broken.joined(), other.joined()]);
  first.send(mediaMessage());
  assert.equal((await first.closed).code, 1011);
  assert.deepEqual(broken.inputs, [{ type: "lost" }], "the phone call may go on with a new stream");
  second.send(mediaMessage());
  await other.until(() => other.frames.length === 1);
  assert.deepEqual(other.inputs, []);
});

Deno.test("a call that throws ends its own browser's socket", async () => {
  const server = startWebServer();
  try {
    const { client, call } = await callFromClient(server);
    call.hear = () => {
      throw new Error("broken");
    };
    client.sendRaw(new Uint8Array(960));
    const { end } = await call.given("left");
    assert.deepEqual(end, { reason: "leg_failed", detail: "failed" });
    assert.equal((await client.closed).code, 1011);
  } finally {
    await server.close();
  }
});

Deno.test("a leg that cannot be closed does not keep its call from ending", async () => {
  const deps = new RecordingDependencies();
  const session = new Session(sessionOptions(), deps);
  session.begin();
  const leg = new RecordingLeg();
  leg.close = () => {
    throw new Error("broken");
  };
  session.join(leg);
  session.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  assert.equal((await session.ended).reason, "operator_hung_up");
  assert.equal(deps.faults.length, 1);
});
