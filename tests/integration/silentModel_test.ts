import assert from "node:assert/strict";
import { startTcpProxy } from "../support/faults/tcpProxy.ts";
import { heardSaying, published, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const agent = "greeting: Good day.";

Deno.test("case 73: a model connection that is silent and not closed is replaced, and a caller who speaks until then is answered", async () => {
  await using proxy = await startTcpProxy({ port: 1 });
  await using rig = await startPhoneRig({
    agent,
    env: { OPENAI_REALTIME_URL: proxy.through("ws://127.0.0.1:1/v1/realtime") },
  });
  proxy.target = { hostname: "127.0.0.1", port: Number(new URL(rig.realtime.url).port) };
  const { phone, callId } = await rig.ring();
  await heardSaying(rig, callId, /^Good day\.$/);
  proxy.open[0]!.set({ stalled: true });
  await phone.speak(voiceOf(800));
  const { code } = await published(rig, callId, "modelLost");
  assert.equal(code, "network");
  await heardSaying(rig, callId, /^I heard you\.$/);
  const heard = rig.events.all.filter(({ event }) =>
    event.type === "turn" && event.turn.role === "caller" && event.turn.final
  );
  assert.equal(new Set(heard.map(({ event }) => event.type === "turn" && event.turn.id)).size, 1);
  await hangUp(phone);
});
