import { deepEqual, equal, match } from "node:assert/strict";
import { callTool } from "../support/servers/callTool.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startPhoneRig, type Talk } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("what an agent takes down is there for people to read, with the number of the caller", async () => {
  await using rig = await startPhoneRig({ agent: "tools: [take_message]" });
  const talk = await rig.ring();
  const args = { message: "The heating is cold.", name: "Ann Reed", call_back: "555 0100" };
  equal(await use(talk, args), '{"status":"taken"}');
  // Said again, it is the same message.
  match(await use(talk, args), /"repeated":true/);
  await hangUp(talk.phone);
  const headers = { authorization: `Bearer ${apiKey}` };
  const request = new Request("http://localhost/api/messages", { headers });
  const { messages } = await (await rig.server.app.fetch(request)).json();
  equal(messages.length, 1);
  const [{ id: _, at: __, from, ...message }] = messages;
  match(from, /^\+1\d{10}$/);
  deepEqual(message, {
    callId: talk.callId,
    agent: "receptionist",
    kind: "note",
    text: "The heating is cold.\nName: Ann Reed\nCall back: 555 0100",
    recording: null,
    doneAt: null,
  });
});

Deno.test("a caller leaves five messages at most", async () => {
  await using rig = await startPhoneRig({ agent: "tools: [take_message]" });
  const talk = await rig.ring();
  for (let count = 1; count <= 5; count++) {
    equal(await use(talk, { message: `number ${count}` }), '{"status":"taken"}');
  }
  match(await use(talk, { message: "number 6" }), /too_many_messages/);
  await hangUp(talk.phone);
});

/** Has the model take a message, and returns what it is told. */
function use(talk: Talk, args: unknown): Promise<string> {
  return callTool(talk, "take_message", args);
}
