import assert from "node:assert/strict";
import { apiKey, otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import {
  endedRecord,
  get,
  initiate,
  initiateDialled,
  onlyAgent,
  startBeside,
  statusOf,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";
import { problemOf } from "../support/problemOf.ts";

const test = concurrentTests("rules for calling people");
const DAY_MS = 24 * 60 * 60_000;
const to = "+14155550123";
const consent = { source: "web form, order 12", at: new Date(Date.now() - DAY_MS).toISOString() };
/** The day of a number in California. */
const today = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Los_Angeles" }).format();

test("an agent that needs consent calls nobody without it, and the record has what was agreed to", async () => {
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: onlyAgent("outbound: { hours: off, consent: required, consent_days: 30 }"),
    },
  });
  assert.deepEqual(await problemOf(await initiate(server, { to })), [403, "consent_missing"]);
  const old = { ...consent, at: new Date(Date.now() - 31 * DAY_MS).toISOString() };
  assert.deepEqual(await problemOf(await initiate(server, { to, consent: old })), [
    403,
    "consent_too_old",
  ]);
  const early = { ...consent, at: new Date(Date.now() + DAY_MS).toISOString() };
  assert.deepEqual(await problemOf(await initiate(server, { to, consent: early })), [
    403,
    "consent_in_future",
  ]);
  for (const bad of [{ source: "", at: consent.at }, { source: "x", at: "yesterday" }, "yes"]) {
    assert.deepEqual(await problemOf(await initiate(server, { to, consent: bad })), [
      422,
      "invalid_request",
    ]);
  }
  assert.equal(server.network.calls.length, 0);
  const { callId } = await initiateDialled(server, { to, consent: { ...consent, text: "Yes." } });
  const phone = await server.network.nextCall();
  await phone.next("streamStarted");
  await hangUp(phone);
  const record = await endedRecord(server, callId);
  assert.deepEqual(record.consent, { ...consent, text: "Yes." });
  assert.equal(record.optOut, null);
});

test("an agent with rules for calling people keeps to its hours, and others do as before", async () => {
  const closed = `outbound: { hours: { open: { mon-sun: "00:00-24:00" }, closed: ["${today}"] } }`;
  await using server = await startPhoneServer({ overrides: { agentFiles: onlyAgent(closed) } });
  const answer = await initiate(server, { to });
  assert.equal(answer.status, 403);
  const { code, details } = await answer.json();
  assert.equal(code, "outside_calling_hours");
  const opensAt = Date.parse(details[0].opensAt);
  assert.ok(opensAt > Date.now() && opensAt < Date.now() + 2 * DAY_MS);
  assert.equal(server.network.calls.length, 0);

  await using plain = await startPhoneServer({
    env: { OUTBOUND_CLOSED: today.slice(5) },
    overrides: { agentFiles: onlyAgent("outbound: { hours: off }") },
  });
  assert.deepEqual(await problemOf(await initiate(plain, { to })), [403, "outside_calling_hours"]);
  await using free = await startPhoneServer();
  assert.equal(await statusOf(initiate(free, { to })), 200);
});

test("an agent's limit of attempts a day holds for a number whichever process and key asks", async () => {
  await using place = await temporaryDatabase();
  const agentFiles = onlyAgent("outbound: { hours: off, attempts_per_day: 2 }");
  await using server = await startPhoneServer({ env: place.env, overrides: { agentFiles } });
  await using beside = await startBeside(server, place.env, { agentFiles });
  const asked = [server, beside, server, beside, server].map((each, at) =>
    initiate(each, { to }, { key: at % 2 === 0 ? apiKey : otherKey })
  );
  const answers = await Promise.all(asked);
  const placed = answers.filter(({ ok }) => ok);
  assert.equal(placed.length, 2);
  for (const answer of answers) {
    if (answer.ok) await answer.body?.cancel();
    else assert.deepEqual(await problemOf(answer), [429, "number_called_enough"]);
  }
  const { error, details } = await (await initiate(server, { to })).json();
  assert.match(error, /the agent's daily limit of 2 calls \(outbound.attempts_per_day\)/);
  assert.deepEqual([details.most, details.setting], [2, "outbound.attempts_per_day"]);
  assert.ok(error.endsWith(`it may be called again from ${details.opensAt} on.`), error);
  const again = new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/Los_Angeles",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  assert.equal(again.format(Date.parse(details.opensAt)), "00:00");
  assert.equal(await statusOf(initiate(server, { to: "+14155550124" })), 200);
});

test("a batch and its preview say which numbers need consent, and which were called enough", async () => {
  const agentFiles = onlyAgent(
    "outbound: { hours: off, attempts_per_day: 1, consent: required, consent_days: 10 }",
  );
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  await initiateDialled(server, { to, consent });
  const calls = [
    { to, consent },
    { to: "+14155550124" },
    { to: "+14155550125", consent: { ...consent, at: "2020-01-01T00:00:00Z" } },
    { to: "+14155550126", consent },
  ];
  const answer = await server.post("/api/outbound/batch", { calls });
  const { batchId, accepted, refused } = await answer.json();
  assert.equal(accepted, 1);
  assert.deepEqual(refused.map(({ code }: { readonly code: string }) => code), [
    "number_called_enough",
    "consent_missing",
    "consent_too_old",
  ]);
  const state = await until(
    () => get(server, `/api/outbound/batch/${batchId}`),
    ({ calls }) => calls[3].callId !== null,
  );
  const record = await get(server, `/api/calls/${state.calls[3].callId}`);
  assert.equal(record.consent.source, consent.source);
});
