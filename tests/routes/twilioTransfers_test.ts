import assert from "node:assert/strict";
import { agentsOf, initiateDialled, statusOf } from "../support/twilio/dialling.ts";
import {
  account,
  apiKey,
  startPhoneServer,
  type TestServer,
} from "../support/servers/phoneServer.ts";
import { inboundSid, twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";
import { problemOf } from "../support/problemOf.ts";

const sales = "+14155550199";
const agentFiles = agentsOf({
  receptionist:
    `---\ntitle: Desk\nlanguage: de\ntransfers: { sales: { number: '${sales}' } }\n---\nHelp.`,
});

/** The TwiML with which a caller is put through. */
async function transferred(server: TestServer, from: string): Promise<string> {
  const phone = server.network.call({ from });
  await phone.next("streamStarted");
  const session = server.app.registry.byCallSid(phone.sid);
  session?.input({ type: "transferAsked", alias: "sales" });
  return await until(() => server.api.updates[0]?.change ?? "", (change) => change !== "");
}

/** A caller whose agent cannot speak, and who gets the number of its fallback; resolves with the TwiML that follows. */
async function fallenBack(server: TestServer): Promise<string> {
  await twimlOf(twilioPost(server, "/twilio/voice"));
  server.app.registry.byCallSid(inboundSid)?.input({
    type: "hangUp",
    end: { reason: "model_failed", transferTo: "sales" },
  });
  return await twimlOf(twilioPost(server, "/twilio/resume"));
}

Deno.test("case 115: who takes a transfer sees the caller's number only where Twilio passes it on", async () => {
  const own = `callerId="${account.number}"`;
  const callers: readonly (readonly [from: string, callerId: string])[] = [
    ["+12025550123", ""],
    ["sip:1001@pbx.example.com", own],
    ["sip:+12025550123@pbx.example.com", own],
    ["client:anna", own],
    ["+266696687", own],
    ["+86282452253", own],
    ["anonymous", own],
    ["0441234", own],
    ["+0441234567", own],
    ["+1202555", ""],
    [`+1${"2".repeat(30)}`, own],
    ["", own],
  ];
  await Promise.all(callers.map(async ([from, callerId]) => {
    await using server = await startPhoneServer({ overrides: { agentFiles } });
    const twiml = await transferred(server, from);
    const dial = /<Dial ([^>]*)><Number [^>]*>\+14155550199<\/Number><\/Dial>/.exec(twiml)?.[1];
    assert.equal(/callerId="[^"]*"/.exec(dial ?? "none")?.[0] ?? "", callerId, `${from}: ${twiml}`);
  }));
});

Deno.test("case 116: a dial that came to its end is not repeated: the caller hears a sentence and the call ends", async () => {
  for (const path of ["/twilio/resume", "/twilio/voice"]) {
    await using server = await startPhoneServer({ overrides: { agentFiles } });
    assert.match(await fallenBack(server), /<Dial /);
    for (const status of ["busy", "no-answer", "failed"]) {
      const after = await twimlOf(twilioPost(server, path, { DialCallStatus: status }));
      assert.match(after, /^<[^>]+><Response><Say language="de-DE">Es tut uns leid.*<Hangup\/>/);
    }
  }
});

Deno.test("case 116: a second attempt at the same request is answered as the first", async () => {
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  await twimlOf(twilioPost(server, "/twilio/voice"));
  server.app.registry.byCallSid(inboundSid)?.input({
    type: "hangUp",
    end: { reason: "model_failed", transferTo: "sales" },
  });
  const attempt = () =>
    twimlOf(twilioPost(server, "/twilio/resume", {}, {
      headers: { "I-Twilio-Idempotency-Token": "one" },
    }));
  const first = await attempt();
  assert.match(first, /<Dial /);
  assert.equal(await attempt(), first);
});

Deno.test("case 117: an operator transfers nobody to a number that may not be dialled, or not now", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `boss:${apiKey};scopes=admin` },
    overrides: { agentFiles },
  });
  const { callId } = await initiateDialled(server);
  await server.network.nextCall();
  await until(() => server.app.registry.get(callId)?.hasLeg, Boolean);
  const headers = { "X-API-Key": apiKey };
  const transfer = () =>
    server.post(`/api/calls/${callId}/actions`, { type: "transfer", to: "sales" });
  const listed = await server.request(`/api/do-not-call/${sales}`, { method: "PUT", headers });
  assert.equal(listed.status, 200, await listed.text());
  assert.deepEqual(await problemOf(await transfer()), [403, "do_not_call"]);
  const removed = await server.request(`/api/do-not-call/${sales}`, { method: "DELETE", headers });
  await removed.body?.cancel();
  assert.equal(await statusOf(transfer()), 202);
});

Deno.test("case 117: a number that came on the list before the dial is not dialled", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `boss:${apiKey};scopes=admin` },
    overrides: { agentFiles },
  });
  const headers = { "X-API-Key": apiKey };
  const listed = await server.request(`/api/do-not-call/${sales}`, { method: "PUT", headers });
  await listed.body?.cancel();
  assert.match(await fallenBack(server), /<Say .*<Hangup\/>/);
});

Deno.test("case 131: however the phone network spells that nobody was reached", async () => {
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  assert.match(await fallenBack(server), /<Dial /);
  for (const DialCallStatus of ["", "BUSY", "x".repeat(5000), "canceled"]) {
    const after = await twimlOf(twilioPost(server, "/twilio/resume", { DialCallStatus }));
    assert.match(after, /<Say .*<Hangup\/>/);
  }
  const talked = { DialCallStatus: "completed" };
  const after = await twimlOf(twilioPost(server, "/twilio/resume", talked));
  assert.match(after, /<Response><Hangup\/><\/Response>/);
});
