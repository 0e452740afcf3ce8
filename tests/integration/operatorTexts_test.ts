import assert from "node:assert/strict";
import { heardSaying, published, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
import { problemOf } from "../support/problemOf.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("what an operator types into a call is on record as the operator's, not the caller's", async () => {
  await using rig = await startPhoneRig({ agent: "greeting: Good day." });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const path = `/api/calls/${talk.callId}`;
  const answer = await rig.server.post(`${path}/actions`, { type: "text", text: "yes" });
  assert.ok(answer.ok, await answer.text());
  await heardSaying(rig, talk.callId, /^You wrote yes\.$/);
  const { turn } = await published(rig, talk.callId, "turn", ({ turn }) => turn.text === "yes");
  assert.equal(turn.by, "operator");
  await hangUp(talk.phone);
  const { end } = await recordOf(rig, talk.callId);
  assert.deepEqual(end, { reason: "caller_hung_up", detail: null });
  const { turns } = await get(rig.server, path);
  const by = turns.map(({ role, by }: Record<string, string>) => [role, by]);
  assert.deepEqual(by, [["agent", "voice"], ["caller", "operator"], ["agent", "voice"]]);
  const transcript = await rig.server.request(`${path}/transcript?format=text`, {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  assert.match(await transcript.text(), /\] Operator: yes\n/);
});

Deno.test("what an operator whispers is obeyed, heard by nobody, and no words of the caller's", async () => {
  await using rig = await startPhoneRig({ agent: "greeting: Good day." });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const path = `/api/calls/${talk.callId}`;
  const answer = await rig.server.post(`${path}/actions`, { type: "whisper", text: "Be brief." });
  assert.ok(answer.ok, await answer.text());
  const { turn } = await published(rig, talk.callId, "turn", ({ turn }) => turn.by === "whisper");
  assert.equal(turn.text, "Be brief.");
  const said = await rig.server.post(`${path}/actions`, { type: "say", text: "Anything else?" });
  await said.body?.cancel();
  await heardSaying(rig, talk.callId, /^Anything else/);
  const told = talk.model.conversation.filter((item) => JSON.stringify(item).includes("Be brief."));
  assert.equal(told.length, 1);
  assert.match(JSON.stringify(told), /"system"/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { turns } = await get(rig.server, path);
  const by = turns.map(({ role, by }: Record<string, string>) => [role, by]);
  assert.deepEqual(by, [["agent", "voice"], ["caller", "whisper"], ["agent", "voice"]]);
});

Deno.test("an admin has a caller put through to a number, of which the agent learns nothing", async () => {
  const mia = "+14155550199";
  await using rig = await startPhoneRig({
    agent: "greeting: Good day.",
    network: { numbers: { [mia]: { answer: "busy", afterMs: 20 } } },
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const path = `/api/calls/${talk.callId}`;
  const barred = await rig.server.post(`${path}/actions`, {
    type: "transfer",
    number: "+19005550123",
  });
  assert.deepEqual(await problemOf(barred), [403, "destination_not_allowed"]);
  const answer = await rig.server.post(`${path}/actions`, { type: "transfer", number: mia });
  assert.ok(answer.ok, await answer.text());
  const failed = await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  assert.deepEqual([failed.alias, failed.step === "failed" && failed.why], [mia, "busy"]);
  await heardSaying(rig, talk.callId, /./);
  assert.ok(!JSON.stringify(talk.model.conversation).includes(mia));
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { transfers } = await get(rig.server, path);
  assert.deepEqual([transfers[0].alias, transfers[0].by], [mia, "operator"]);
});
