import { deepEqual, equal, match } from "node:assert/strict";
import { callTool } from "../support/servers/callTool.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { type PhoneRig, startPhoneRig, type Talk } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = "tools: [send_sms]";

Deno.test("a text message goes to the caller, and what became of it is known", async () => {
  await using rig = await startPhoneRig({ agent });
  const talk = await rig.ring({ from: "+14155550123" });
  match(await use(talk, { text: "We are at 12 High Street." }), /"status":"sent"/);
  const got = await rig.server.api.nextText();
  deepEqual([got.to, got.body], ["+14155550123", "We are at 12 High Street."]);
  const [message] = await until(() => sent(rig), ([first]) => first?.status === "delivered");
  deepEqual([message?.callId, message?.to, message?.sid], [talk.callId, got.to, got.sid]);
  await hangUp(talk.phone);
});

Deno.test("texts of the agent's file are all that it can send, also to its recipients", async () => {
  await using rig = await startPhoneRig({
    agent: `${agent}
sms:
  texts: { directions: "12 High Street, {{called}}" }
  recipients: { owner: "+14155550111" }
  per_call: 1`,
  });
  const talk = await rig.ring({ from: "+14155550123" });
  match(await use(talk, { text: "Send money." }), /must be one of/);
  match(await use(talk, { text: "directions", to: "+14155559999" }), /must be one of/);
  match(await use(talk, { text: "directions", to: "owner" }), /"status":"sent"/);
  equal((await rig.server.api.nextText()).to, "+14155550111");
  match(await use(talk, { text: "directions" }), /too_many_in_call/);
  await hangUp(talk.phone);
});

Deno.test("numbers that opted out, may not be called or cannot be reached get none", async () => {
  await using rig = await startPhoneRig({ agent, env: { SMS_PER_NUMBER_DAILY: "1" } });
  const refused = async (from: string, code: RegExp, text = "Hello.") => {
    const talk = await rig.ring({ from });
    match(await use(talk, { text }), code);
    await hangUp(talk.phone);
  };
  const stopped = { kind: "refused", code: 21610, message: "unsubscribed recipient" } as const;
  rig.server.api.failTexts("+14155550001", stopped);
  await refused("+14155550001", /opted_out/);
  await refused("+442071234567", /number_not_allowed/);
  await refused("anonymous", /number_unknown/);
  await rig.server.app.fetch(
    new Request("http://localhost/api/do-not-call/+14155550002", {
      method: "PUT",
      headers: { authorization: `Bearer ${apiKey}` },
    }),
  );
  await refused("+14155550002", /do_not_call/);
  rig.server.api.failTexts("+14155550003", { kind: "undelivered", code: 30003 });
  // The name of what every object has is a text like any other.
  await refused("+14155550003", /"status":"sent"/, "constructor");
  const [last] = await until(() => sent(rig), ([first]) => first?.status === "undelivered");
  equal(last?.errorCode, 30003);
  await refused("+14155550003", /limit_reached/);
});

Deno.test("texts that a model asks for all at once are no more than a call may send", async () => {
  await using rig = await startPhoneRig({ agent: `${agent}\nsms: { per_call: 1 }` });
  const talk = await rig.ring({ from: "+14155550123" });
  const texts = ["One.", "Two.", "Three.", "Four."];
  talk.model.say({
    tools: texts.map((text) => ({ name: "send_sms", arguments: JSON.stringify({ text }) })),
  });
  const outputs: string[] = [];
  while (outputs.length < texts.length) {
    const { item } = await talk.model.next("conversation.item.create");
    if (item.type === "function_call_output") outputs.push(String(item.output));
  }
  equal(outputs.filter((output) => /"status":"sent"/.test(output)).length, 1);
  equal(outputs.filter((output) => /too_many_in_call/.test(output)).length, 3);
  await hangUp(talk.phone);
});

interface Sent {
  readonly callId: string;
  readonly to: string;
  readonly status: string;
  readonly sid: string | null;
  readonly errorCode: number | null;
}

async function sent(rig: PhoneRig): Promise<readonly Sent[]> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await rig.server.app.fetch(new Request("http://localhost/api/sms", { headers }));
  return (await response.json()).messages;
}

/** Has the model send a message, and returns what it is told. */
function use(talk: Talk, args: unknown): Promise<string> {
  return callTool(talk, "send_sms", args);
}
