import assert from "node:assert/strict";
import { askForHandoff, deskFile, desks } from "../support/servers/desks.ts";
import {
  heardSaying,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { agentsOf, endedRecord, get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const HANDOFFS = `handoffs:
  billing:
    when: the caller asks about an invoice
    say: I will put you through to billing.
    carry: [invoice]
  workshop: { agent: repairs, when: something is broken, say: One moment. }`;

const FILES: Readonly<Record<string, string>> = {
  receptionist: deskFile("Receptionist", HANDOFFS, "You are the receptionist of Acme."),
  billing: deskFile(
    "Billing",
    "tools: [get_current_time]\nanalysis: { summary: true }\nhandoffs: { receptionist: { when: anything else } }",
    "You are the billing desk. The invoice is {{invoice}}.",
  ),
  repairs: deskFile("Repairs", "voice: cedar", "You are the workshop."),
};

Deno.test("a call goes on with another agent over the same connection, and the record shows who spoke", async () => {
  await using rig = await start();
  const talk = await rig.ring();
  await askForHandoff(talk, {
    to: "billing",
    reason: "A wrong invoice.",
    facts: { invoice: "4711" },
  });
  await heardSaying(rig, talk.callId, /^I will put you through to billing\.$/);
  await heardSaying(rig, talk.callId, /^This is the billing\.$/);
  const { model } = talk;
  assert.deepEqual(rig.realtime.sessions, [model], "one connection");
  assert.equal(connectionsOf(rig), 1);
  assert.match(
    model.config.instructions ?? "",
    /The invoice is 4711\.\n\n# Words from outside\n.*nobody has checked.*\n- "4711"$/,
  );
  const tools = model.config.tools.map((tool) => "name" in tool ? tool.name : "");
  assert.deepEqual(tools.toSorted(), ["get_current_time", "handoff"]);
  const updates = model.received.filter((event) => event.type === "session.update");
  assert.equal(updates.length, 2);
  assert.deepEqual(Object.keys(updates[1]?.session ?? {}), ["type", "instructions", "tools"]);
  await talk.phone.speak(voiceOf(600));
  await until(() => agentLines(rig, talk), (lines) => lines.length >= 3);
  const session = rig.server.app.registry.get(talk.callId);
  assert.equal(session?.request.agent, "billing");
  await hangUp(talk.phone);
  const record = await endedRecord(rig.server, talk.callId, apiKey);
  assert.deepEqual([record.agent, record.currentAgent], ["receptionist", "billing"]);
  // Nothing is set up that could make one, but it is the last agent's that is asked for.
  await until(
    async () => (await get(rig.server, `/api/calls/${talk.callId}`)).analysis,
    (analysis) => analysis?.state === "skipped",
  );
  const [{ atMs, version, ...handoff }] = record.handoffs;
  assert.ok(atMs > 0);
  assert.match(version, /^[0-9a-f]{12}$/);
  assert.deepEqual(handoff, {
    from: "receptionist",
    to: "billing",
    reason: "A wrong invoice.",
    facts: '{"invoice":"4711"}',
    summary: null,
  });
  const lines = record.turns.filter(({ role }: Line) => role === "agent");
  assert.deepEqual(lines.map(({ agent, text }: Line) => [agent, text]).slice(0, 2), [
    [null, "I will put you through to billing."],
    ["billing", "This is the billing."],
  ]);
  assert.equal(lines.at(-1)?.agent, "billing");
  for (const name of ["receptionist", "billing"]) {
    const { calls } = await get(rig.server, `/api/calls?agent=${name}`);
    assert.deepEqual(calls.map(({ id }: { id: string }) => id), [talk.callId], name);
  }
  assert.deepEqual((await get(rig.server, "/api/calls?agent=repairs")).calls, []);
  const text = await rig.server.request(`/api/calls/${talk.callId}/transcript?format=text`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  assert.match(await text.text(), /Agent billing: This is the billing\./);
});

Deno.test("an agent of another voice speaks over its own connection, which knows the conversation", async () => {
  await using rig = await start();
  const talk = await rig.ring();
  await askForHandoff(talk, { to: "workshop", reason: "The drill is broken." });
  const next = await rig.realtime.nextSession();
  await heardSaying(rig, talk.callId, /^One moment\.$/);
  await heardSaying(rig, talk.callId, /^This is the workshop\.$/);
  assert.equal(connectionsOf(rig), 2);
  assert.equal(next.config.audio.output.voice, "cedar");
  const texts = next.conversation.map(({ text }) => text);
  assert.ok(texts.includes("One moment."), texts.join(" | "));
  assert.ok(texts.some((text) => text.includes("The drill is broken.")));
  assert.equal((await talk.model.closed).code, 1000);
  const [said, then] = await Promise.all(
    ["One moment.", "This is the workshop."].map((words) =>
      published(rig, talk.callId, "turn", ({ turn }) => turn.final && turn.text === words)
    ),
  );
  const gapMs = (then?.turn.startedMs ?? 0) - (said?.turn.endedMs ?? Infinity);
  assert.ok(gapMs < 1000, `${gapMs} ms of silence`);
  assert.equal(rig.events.all.some(({ event }) => event.type === "modelLost"), false);
  await hangUp(talk.phone);
});

Deno.test("an agent that cannot be had is an error of the tool, and the call goes on", async () => {
  const files = { ...FILES, billing: "---\ntitle: Billing\nvoice: [1]\n---\nHelp." };
  await using rig = await start({}, files);
  const talk = await rig.ring();
  const output = await askForHandoff(talk, { to: "billing" });
  assert.equal(JSON.parse(output).code, "agent_unavailable");
  await until(() => agentLines(rig, talk), (lines) => lines.length >= 1);
  assert.equal(rig.server.app.registry.get(talk.callId)?.request.agent, "receptionist");
  await hangUp(talk.phone);
});

Deno.test("a call whose process is gone goes on with the agent that had it last", async () => {
  await using two = await startResumingRig({
    model: { script: desks },
    overrides: { agentFiles: agentsOf(FILES) },
  });
  const { rig, second } = two;
  const talk = await rig.ring();
  await askForHandoff(talk, {
    to: "billing",
    reason: "A wrong invoice.",
    facts: { invoice: "4711" },
  });
  await heardSaying(rig, talk.callId, /^This is the billing\.$/);
  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  await until(() => model.conversation.length, (length) => length > 3);
  assert.match(model.config.instructions ?? "", /billing desk\. The invoice is 4711\./);
  const texts = model.conversation.map(({ text }) => text);
  assert.ok(texts.some((text) => text.includes("handed over to you")), texts.join(" | "));
  await until(
    () => second.app.registry.get(talk.callId)?.request.agent ?? "",
    (name) => name !== "",
  );
  assert.equal(second.app.registry.get(talk.callId)?.request.agent, "billing");
  await talk.phone.speak(voiceOf(600));
  await until(
    async () => (await get(second, `/api/calls/${talk.callId}`)).turns as readonly Line[],
    (turns) => turns.filter(({ agent }) => agent === "billing").length >= 2,
  );
  await hangUp(talk.phone);
  const record = await endedRecord(second, talk.callId, apiKey);
  assert.deepEqual([record.agent, record.currentAgent], ["receptionist", "billing"]);
  assert.equal(record.handoffs.length, 1);
});

Deno.test("where the agent that had it last is gone too, the first one goes on with the call", async () => {
  const { billing: _, ...left } = FILES;
  await using two = await startResumingRig(
    { model: { script: desks }, overrides: { agentFiles: agentsOf(FILES) } },
    {
      agentFiles: agentsOf({
        ...left,
        receptionist: deskFile("Receptionist", "", "You are back."),
      }),
    },
  );
  const { rig } = two;
  const talk = await rig.ring();
  await askForHandoff(talk, { to: "billing" });
  await heardSaying(rig, talk.callId, /^This is the billing\.$/);
  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  await until(() => model.config.instructions ?? "", (text) => text.includes("You are back."));
  await hangUp(talk.phone);
});

function connectionsOf({ events }: PhoneRig): number {
  return events.all.filter(({ event }) => event.type === "modelReady").length;
}

interface Line {
  readonly role: string;
  readonly agent: string | null;
  readonly text: string;
}

function start(options: PhoneRigOptions = {}, files = FILES): Promise<PhoneRig> {
  return startPhoneRig({
    ...options,
    model: { script: desks },
    overrides: { agentFiles: agentsOf(files) },
  });
}

async function agentLines(rig: PhoneRig, { callId }: Talk): Promise<readonly Line[]> {
  const { turns } = await get(rig.server, `/api/calls/${callId}`);
  return turns.filter(({ role, text }: Line) => role === "agent" && text !== "");
}
