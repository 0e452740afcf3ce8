import assert from "node:assert/strict";
import { agentsOf, get, initiate } from "../support/twilio/dialling.ts";
import { account, startPhoneServer } from "../support/servers/phoneServer.ts";
import { inboundSid, twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { problemOf } from "../support/problemOf.ts";

Deno.test("case 120: numbers of new area codes are dialled, by calls and by transfers", async () => {
  const sales = "+16242345678";
  await using server = await startPhoneServer({
    env: { TWILIO_PHONE_NUMBER: "+18612345670" },
    network: { account: { ...account, number: "+18612345670" } },
    overrides: {
      agentFiles: agentsOf({
        receptionist: `---\ntitle: Desk\ntransfers: { sales: { number: '${sales}' } }\n---\nHelp.`,
      }),
    },
  });
  const placed = await initiate(server, { to: "+18612345678" });
  assert.equal(placed.status, 200, await placed.text());
  assert.equal((await server.network.nextCall()).to, "+18612345678");
  const dear = await initiate(server, { to: "+19002345678" });
  assert.deepEqual(await problemOf(dear), [403, "destination_not_allowed"]);

  await twimlOf(twilioPost(server, "/twilio/voice"));
  server.app.registry.byCallSid(inboundSid)?.input({
    type: "hangUp",
    end: { reason: "model_failed", transferTo: "sales" },
  });
  const twiml = await twimlOf(twilioPost(server, "/twilio/resume"));
  assert.match(twiml, /<Dial [^>]*><Number>\+16242345678<\/Number>/);
});

Deno.test("case 121: a withheld caller is nobody in the record", async () => {
  await using server = await startPhoneServer();
  for (const [index, from] of ["+7378742833", "Restricted", "+86282452253"].entries()) {
    const sid = `CA${String(index).repeat(32)}`;
    await twimlOf(twilioPost(server, "/twilio/voice", { CallSid: sid, From: from }));
    const session = server.app.registry.byCallSid(sid);
    assert.ok(session !== undefined && !("caller" in session.request), from);
  }
  const { calls } = await get(server, "/api/calls");
  for (const call of calls) assert.equal(call.from ?? null, null);
});
