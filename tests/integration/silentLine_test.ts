import assert from "node:assert/strict";
import { startTcpProxy } from "../support/faults/tcpProxy.ts";
import { heardSaying, published, startPhoneRig } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

Deno.test("a media socket without frames is noticed within ten seconds, and the call goes on with another", async () => {
  await using rig = await startPhoneRig({ agent: "greeting: Good day." });
  const { network, app, origin } = rig.server;
  await using proxy = await startTcpProxy({ port: Number(new URL(origin).port) });
  network.connectTo(proxy.through(origin));
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /Good day/);
  const stalledAt = performance.now();
  // Nothing comes any more, no end of the connection either.
  const stalled = proxy.open;
  for (const connection of stalled) connection.set({ stalled: true });
  const isHere = () => app.registry.get(talk.callId)?.hasLeg;
  await until(isHere, (here) => here === false);
  const noticedMs = performance.now() - stalledAt;
  for (const connection of stalled) connection.cut();
  await until(isHere, (here) => here === true);
  assert.ok(noticedMs > 7000, `${noticedMs} ms: a gap in the network is no end`);
  app.registry.get(talk.callId)?.input({ type: "typed", text: "still there" });
  await heardSaying(rig, talk.callId, /You wrote still there/);
  assert.ok(rig.server.logged.some((line) => line.includes('"why":"silent"')));
  await hangUp(talk.phone);
  assert.equal((await published(rig, talk.callId, "ended")).end.reason, "caller_hung_up");
});
