import assert from "node:assert/strict";
import { askForHandoff, deskFile, desks } from "../support/servers/desks.ts";
import {
  heardSaying,
  type PhoneRig,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { agentsOf, endedRecord } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";

const test = concurrentTests("what an agent passes on to another");

const filesWith = (context: string) => ({
  receptionist: deskFile(
    "Receptionist",
    `greeting: The price is forty dollars.
handoffs: { billing: { when: the caller asks about an invoice, say: One moment., context: "${context}" } }`,
    "You are the receptionist of Acme.",
  ),
  billing: deskFile("Billing", "", "You are the billing desk."),
});

for (const context of ["last:1", "summary"] as const) {
  test(`an agent that has ${context} of the conversation before has no more of it after a crash`, async () => {
    await using two = await startResumingRig({
      model: { script: desks },
      overrides: { agentFiles: agentsOf(filesWith(context)) },
    });
    const { rig, second } = two;
    const talk = await talkBefore(rig);
    const summary = "The caller wants a copy of invoice 4711.";
    await askForHandoff(talk, { to: "billing", ...(context === "summary" && { summary }) });
    const next = await rig.realtime.nextSession();
    await heardSaying(rig, talk.callId, /^This is the billing\.$/);
    assertTold(next.conversation.map(({ text }) => text), context);

    two.lose(talk.phone);
    const model = await rig.realtime.nextSession();
    const texts = await until(
      () => model.conversation.map(({ text }) => text),
      (texts) => texts.some((text) => text.includes("This is the billing.")),
    );
    assertTold(texts, context);
    await hangUp(talk.phone);
    const record = await endedRecord(second, talk.callId, apiKey);
    assert.match(
      String(record.handoffs[0].summary),
      context === "summary" ? /^"The caller wants a copy of invoice 4711\."/ : /^null$/,
    );
  });
}

test("a model that sums nothing up for an agent that needs it is told so, and keeps the call", async () => {
  const overrides = { agentFiles: agentsOf(filesWith("summary")) };
  await using rig = await startPhoneRig({ model: { script: desks }, overrides });
  const talk = await talkBefore(rig);
  const output = await askForHandoff(talk, { to: "billing", reason: "An invoice." });
  assert.match(output, /summary/);
  assert.equal(rig.server.app.registry.get(talk.callId)?.request.agent, "receptionist");
  await hangUp(talk.phone);
});

test("keys typed in confidence are dots in what an agent passes on, and true for the other one", async () => {
  const files = filesWith("summary");
  const overrides = {
    agentFiles: agentsOf({
      ...files,
      receptionist: files.receptionist.replace("greeting:", "dtmf: { sensitive: true }\ngreeting:"),
    }),
  };
  await using rig = await startPhoneRig({ model: { script: desks }, overrides });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^The price is forty dollars\.$/);
  await talk.phone.sendDigits("73194682#");
  await heardSaying(rig, talk.callId, /^This is the receptionist\.$/);
  await askForHandoff(talk, {
    ...{ to: "billing", reason: "The card 73194682.", facts: "73194682" },
    summary: "The caller typed 73194682.",
  });
  const next = await rig.realtime.nextSession();
  await heardSaying(rig, talk.callId, /^This is the billing\.$/);
  const texts = next.conversation.map(({ text }) => text);
  assert.ok(texts.some((text) => text.includes("The caller typed 73194682.")), texts.join("\n"));
  await hangUp(talk.phone);
  const [handoff] = (await endedRecord(rig.server, talk.callId, apiKey)).handoffs;
  assert.match(handoff.summary, /^"The caller typed •{8}\."/);
  assert.deepEqual([handoff.reason, handoff.facts], ["The card ••••••••.", "••••••••"]);
});

/** The agent has named a price, and the caller has been answered once. */
async function talkBefore(rig: PhoneRig): Promise<Talk> {
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^The price is forty dollars\.$/);
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /^This is the receptionist\.$/);
  return talk;
}

function assertTold(texts: readonly string[], context: "last:1" | "summary"): void {
  const all = texts.join("\n");
  const isTold = (words: string) => texts.some((text) => text.startsWith(words));
  assert.ok(!isTold("The price is forty"), all);
  assert.ok(!isTold("This is the receptionist."), all);
  assert.equal(isTold("One moment."), context === "last:1", all);
  const note = texts.find((text) => text.includes("handed over to you")) ?? "";
  if (context === "last:1") return;
  assert.match(note, /invoice 4711/);
  // The server knows itself what the caller was promised.
  assert.match(note, /promised, and has heard: \["The price is forty dollars\."\]/);
}
