import assert from "node:assert/strict";
import type { Fault } from "../../src/sim/openai/realtimeServer.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";

const agent = `greeting: Good day.
transfers: { desk: { number: "+14155550199" } }
fallback: { transfer: desk }`;
const dialled = ["+14155550199"];

function start(options: Parameters<typeof startPhoneRig>[0] = {}): Promise<PhoneRig> {
  return startPhoneRig({ agent, ...options });
}

/** A caller whose agent never says a word. */
async function ringInto(rig: PhoneRig, fault: Fault): Promise<Pick<Talk, "phone" | "callId">> {
  rig.realtime.fail(fault);
  const phone = rig.server.network.call();
  const { callId } = await rig.events.find(({ event }) => event.type === "started");
  return { phone, callId };
}

Deno.test("case 50: a caller whose agent has no model is told so and transferred, and the record says why", (t) =>
  concurrently(t, {
    async "from the beginning"() {
      await using rig = await start();
      const { phone, callId } = await ringInto(rig, "refuseHandshake:401");
      assert.match((await phone.next("said")).text, /technical problem.*connecting you/);
      assert.deepEqual((await phone.next("dialed")).targets, dialled);
      await phone.settled;
      assert.deepEqual((await recordOf(rig, callId)).end, {
        reason: "model_failed",
        detail: "invalid_api_key",
        transferTo: "desk",
      });
      const { connections, refused } = rig.realtime.stats;
      assert.deepEqual([connections, refused], [0, 1], "it is asked once");
    },
    async "in the middle, where the account has no credit left"() {
      await using rig = await start();
      const talk = await rig.ring();
      await heardSaying(rig, talk.callId, /^Good day\.$/);
      rig.realtime.fail("insufficientQuota");
      await talk.phone.speak(voiceOf(600));
      assert.deepEqual((await talk.phone.next("dialed")).targets, dialled);
      await talk.phone.settled;
      assert.deepEqual((await recordOf(rig, talk.callId)).end, {
        reason: "model_failed",
        detail: "insufficient_quota",
        transferTo: "desk",
      });
      assert.equal(rig.realtime.stats.connections, 1, "no other connection is tried");
    },
    async "with the agent's own sentence"() {
      await using rig = await start({
        agent: agent.replace("transfer: desk", "transfer: desk, sentence: Please hold on."),
      });
      const { phone } = await ringInto(rig, "refuseHandshake:403");
      assert.equal((await phone.next("said")).text, "Please hold on.");
      await phone.next("dialed");
    },
  }));

Deno.test("case 116: a caller whom the fallback's number does not answer hears a sentence, and the call ends", async () => {
  await using rig = await start({ network: { numbers: { "+14155550199": { answer: "busy" } } } });
  const { phone } = await ringInto(rig, "refuseHandshake:401");
  await phone.next("dialed");
  await phone.next("said");
  assert.match((await phone.next("said")).text, /nobody could take your call/);
  assert.equal((await phone.ended).reason, "<Hangup>");
});

Deno.test("case 117: a fallback's number that may not be dialled is not: the caller hears the apology", async () => {
  await using rig = await start({ env: { OUTBOUND_COUNTRIES: "DE" } });
  const { phone } = await ringInto(rig, "refuseHandshake:401");
  assert.match((await phone.next("said")).text, /Please call again later/);
  assert.equal((await phone.ended).reason, "<Hangup>");
});
