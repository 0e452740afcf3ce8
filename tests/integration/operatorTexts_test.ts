import assert from "node:assert/strict";
import { heardSaying, published, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
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
