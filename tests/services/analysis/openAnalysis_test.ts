import assert from "node:assert/strict";
import { startAnalysisRig, TOPICS } from "../../support/servers/analysisRig.ts";
import { get } from "../../support/twilio/dialling.ts";

Deno.test("a call is analysed after its end: webhook, record, filters and sums say the same", async () => {
  await using rig = await startAnalysisRig();
  const { server, inbox } = rig;
  const callId = await rig.talk("My name is Ada Lovelace.", "A table booking for 4 people.");
  const { id, data } = await rig.analyzed(callId);
  assert.equal(id, `evt_${callId}_call_analyzed`);
  const { analysis, turns, cost, passed } = await rig.record(callId);
  assert.deepEqual(data.analysis, analysis);
  assert.deepEqual([analysis.state, analysis.reason, analysis.model], ["done", null, "gpt-5-mini"]);
  assert.match(analysis.summary, /spoke 2 times, first "My name is Ada/);
  const [name, booking] = turns.filter(({ role }: { role: string }) => role === "caller");
  const cited = ({ id: turnId, startedMs: atMs }: { id: string; startedMs: number }) => ({
    turnId,
    atMs,
  });
  assert.deepEqual(analysis.fields, {
    topic: { value: "booking", ...cited(booking) },
    guests: { value: 4, ...cited(booking) },
    name: { value: "Ada Lovelace", ...cited(name) },
  });
  assert.equal(analysis.success.booked.result, "pass");
  assert.deepEqual([analysis.passed, passed], [true, true]);
  assert.ok(analysis.usd > 0);
  assert.equal(cost.parts.analysis, analysis.usd);
  const { audio, text, transcription, telephony } = cost.parts;
  const sum = audio + text + transcription + telephony + analysis.usd;
  assert.ok(Math.abs(cost.usd - sum) < 1e-9);

  const other = await rig.talk("I have a complaint.");
  await rig.analyzed(other);
  const found = async (query: string) =>
    (await get(server, `/api/calls?${query}`)).calls.map((call: { id: string }) => call.id);
  assert.deepEqual(await found("analysis.topic=complaint"), [other]);
  assert.deepEqual(await found("analysis.guests=4&analysis.success.booked=pass"), [callId]);
  assert.deepEqual(await found("passed=true"), [callId]);
  // The required name was not said.
  assert.deepEqual(await found("passed=false"), [other]);
  assert.deepEqual(await found("analysis.topic=other"), []);
  const sums = (await get(server, "/api/analytics")).analysis;
  assert.deepEqual([sums.passed, sums.failed, sums.passedShare], [1, 1, 0.5]);
  assert.deepEqual(sums.values, { topic: { booking: 1, complaint: 1 } });
  assert.equal(sums.criteria.booked.pass, 1);
  // The end was told at once, before anything was known of the analysis.
  const ended = await inbox.find(({ type, data }) => type === "call.ended" && data.id === callId);
  assert.equal(ended.data.analysis, null);
  assert.ok(inbox.all.indexOf(ended) < inbox.all.findIndex(({ type }) => type === "call.analyzed"));
});

Deno.test("a call without a conversation, and one that is too short, are skipped and cost nothing", async () => {
  await using rig = await startAnalysisRig({ agent: `${TOPICS}\n  min_turns: 2` });
  const silent = await rig.talk();
  const { data } = await rig.analyzed(silent);
  assert.deepEqual([data.analysis.state, data.analysis.reason], ["skipped", "no_conversation"]);
  assert.deepEqual([data.analysis.fields, data.analysis.passed, data.analysis.usd], [
    {},
    null,
    null,
  ]);
  const short = await rig.talk("Hello.");
  assert.equal((await rig.analyzed(short)).data.analysis.reason, "too_short");
  assert.equal("analysis" in (await rig.record(short)).cost.parts, false);
  assert.equal(rig.chat.stats.requests, 0);
});

Deno.test("where no model is set, a call says that its analysis is off, and the operator is told", async () => {
  await using rig = await startAnalysisRig({ env: { ANALYSIS_MODEL: undefined } });
  assert.match(rig.server.app.hints.join(), /analysis is off, as ANALYSIS_MODEL is not set/);
  const callId = await rig.talk("Hello.");
  const { data } = await rig.analyzed(callId);
  assert.deepEqual([data.analysis.state, data.analysis.reason], ["skipped", "off"]);
  const again = await rig.server.post(`/api/calls/${callId}/analyze`);
  assert.deepEqual([again.status, (await again.json()).code], [503, "analysis_off"]);
});
