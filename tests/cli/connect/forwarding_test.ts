import assert from "node:assert/strict";
import { startConnectRig } from "../../support/twilio/connecting.ts";
import { account, serveApp } from "../../support/servers/phoneServer.ts";

const owner = "+14155550199";
const caller = "+12025550123";

Deno.test("a call while this server is away rings at the owner's phone", async () => {
  await using rig = await startConnectRig({}, {
    numbers: { [owner]: { answer: "human", talkMs: 400 } },
  });
  const { code, printed } = await rig.run(["--yes", "--forward-to", owner]);
  assert.equal(code, 0, printed);
  rig.network.connectTo("http://127.0.0.1:9");
  const call = rig.api.callIn({ from: caller });
  const leg = await rig.network.nextLeg();
  assert.equal(leg.to, owner);
  assert.equal(leg.from, caller, "the owner sees who calls");
  assert.equal((await call.ended).status, "completed");
  assert.deepEqual(call.errors.map(({ code }) => code), [11205]);

  await rig.run(["--undo"]);
  rig.network.connectTo("http://127.0.0.1:9");
  assert.match((await rig.api.callIn({ from: caller }).ended).reason, /11205/);
});

Deno.test("a call to a connected number is taken: the fragment of its address is not signed", async () => {
  await using rig = await startConnectRig({}, { speed: 1 });
  await using served = await serveApp(rig.api.url, { DATABASE_URL: "sqlite::memory:" });
  rig.network.connectTo(served.origin);
  await rig.run(["--yes", "--forward-to", owner]);
  assert.match(rig.api.numberOf(account.number)!.voiceUrl, /\/twilio\/voice#ct=2000/);
  const call = rig.api.callIn({ from: caller });
  const event = await call.next("twiml");
  assert.deepEqual(event.verbs.slice(0, 1), ["connect"]);
  call.hangUp();
  await call.settled;
  assert.deepEqual(call.errors, []);
});
