import assert from "node:assert/strict";
import type { CallRequest } from "../../../src/call/types.ts";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { fallbackMessageOf } from "../../../src/services/twilioOutbound/fallbackMessage.ts";
import { type CallDefaults, createAgentSetup } from "../../../src/services/calls/agentSetup.ts";
import { voicemailText } from "../../../src/services/calls/machineTexts.ts";

const defaults: CallDefaults = {
  model: "gpt-realtime-2.1",
  idleMs: 30_000,
  maxMs: 3_600_000,
  format: "pcmu",
  now: new Date("2026-03-04T13:30:00Z"),
  pseudonym: (caller) => `hash of ${caller.length}`,
};
const inbound: CallRequest = { direction: "inbound", agent: "desk", caller: "+14155550123" };

function agent(frontMatter: string, body = "Help {{caller}}."): Agent {
  const read = readAgent("desk", `---\ntitle: Desk\n${frontMatter}\n---\n${body}`);
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

Deno.test("createAgentSetup() gives the model the leg's format and the agent's ways", () => {
  const { setup, policy } = createAgentSetup(
    agent("greeting: Hi {{caller}}\nlanguage: de-AT\nspeed: 1.1"),
    inbound,
    defaults,
  );
  assert.deepEqual(setup, {
    model: "gpt-realtime-2.1",
    instructions: "Help +14155550123.",
    voice: "marin",
    speed: 1.1,
    format: "pcmu",
    turnDetection: { kind: "semantic", eagerness: "auto", interrupts: true },
    noiseReduction: "near_field",
    transcription: { model: "gpt-transcribe", language: "de" },
    safetyId: "hash of 12",
  });
  assert.equal(policy.greeting, "Hi +14155550123");
  assert.equal(policy.modelInterrupts, true);
  assert.equal(policy.interruptAfterMs, 0);
});

Deno.test("texts have the date in the agent's language", () => {
  const german = agent("language: de\nvoicemail: Heute ist {{date}}.");
  assert.match(voicemailText(german, inbound, defaults.now) ?? "", /^Heute ist Mittwoch, 4\. März/);
});

Deno.test("createAgentSetup() has Parley interrupt where the agent asks for some speech first", () => {
  const { setup, policy } = createAgentSetup(
    agent(
      "interruption: { after_ms: 400, pause: true }\nturn_detection: { kind: server, silence_ms: 600 }",
    ),
    inbound,
    defaults,
  );
  assert.deepEqual(setup.turnDetection, { kind: "server", silenceMs: 600, interrupts: false });
  assert.deepEqual(
    [policy.modelResponds, policy.modelInterrupts, policy.interruptAfterMs, policy.pausesOnSpeech],
    [false, false, 400, true],
  );
});

Deno.test("createAgentSetup() has silence end turns on a phone where the model detects none", () => {
  const manual = agent("turn_detection: { kind: manual, commits: button }");
  assert.equal(createAgentSetup(manual, inbound, defaults).policy.commitsBySilence, true);
  const web = createAgentSetup(manual, { ...inbound, direction: "web" }, defaults).policy;
  assert.deepEqual([web.commitsBySilence, web.modelResponds, web.modelInterrupts], [
    false,
    false,
    false,
  ]);
});

Deno.test("createAgentSetup() takes the shorter of two time limits, and the agent's own idle time", () => {
  const { policy } = createAgentSetup(
    agent("max_minutes: 5\nidle_seconds: 10"),
    inbound,
    defaults,
  );
  assert.deepEqual([policy.maxMs, policy.idleMs, policy.timeWarningMs], [300_000, 10_000, 60_000]);
  const long = createAgentSetup(agent("max_minutes: 600"), inbound, defaults).policy;
  assert.equal(long.maxMs, 3_600_000);
});

Deno.test("createAgentSetup() gives the model a call's context even without a placeholder for it", () => {
  const request = { ...inbound, context: "He ordered shoes.", variables: { caller: "fake" } };
  const added = createAgentSetup(agent(""), request, defaults).setup.instructions;
  assert.equal(added, "Help +14155550123.\n\n# About this call\nHe ordered shoes.");
  const placed =
    createAgentSetup(agent("", "Know: {{context}}"), request, defaults).setup.instructions;
  assert.equal(placed, "Know: He ordered shoes.");
});

Deno.test("createAgentSetup() says date and time in the agent's time zone", () => {
  const { setup } = createAgentSetup(
    agent("timezone: Europe/Berlin", "It is {{date}}."),
    inbound,
    defaults,
  );
  assert.match(setup.instructions, /Wednesday, March 4, 2026 at 2:30/);
});

Deno.test("voicemailText() fills in the variables, and is nothing where the agent hangs up", () => {
  const request = { ...inbound, variables: { name: "Ana" } };
  assert.equal(
    voicemailText(agent("voicemail: Hello {{name}}."), request, defaults.now),
    "Hello Ana.",
  );
  assert.equal(voicemailText(agent(""), request, defaults.now), undefined);
});

Deno.test("case 110: transcription is told one language, several where its model takes them, or none", () => {
  const told = (frontMatter: string) =>
    createAgentSetup(agent(frontMatter), inbound, defaults).setup.transcription;
  const model = "gpt-transcribe";
  assert.deepEqual(told(""), { model, language: "en" });
  assert.deepEqual(told("language: auto"), { model });
  assert.deepEqual(told("languages: [en-GB, es, en]"), { model, languages: ["en", "es"] });
  assert.deepEqual(told("language: de\nlanguages: [de, es]"), { model, languages: ["de", "es"] });
  assert.deepEqual(told("languages: [es]"), { model, language: "es" });
  const other = "gpt-4o-mini-transcribe";
  assert.deepEqual(told(`languages: [en, es]\ntranscription: ${other}`), { model: other });
  assert.deepEqual(told("languages: [en, es]\ntranscription: gpt-live-transcribe"), {
    model: "gpt-live-transcribe",
    languages: ["en", "es"],
  });
  assert.equal(told("language: auto\ntranscription: off"), undefined);
});

Deno.test("case 110: dates and the apology have a language also where callers may speak several", () => {
  const date = (frontMatter: string) =>
    createAgentSetup(agent(frontMatter, "{{date}}"), inbound, defaults).setup.instructions;
  assert.match(date("language: auto"), /^Wednesday, March 4/);
  assert.match(date("language: auto\nlanguages: [de, en]"), /^Mittwoch, 4\. März/);
  const said = ({ language }: { readonly language: string }) => language;
  assert.equal(said(fallbackMessageOf(agent("language: auto"))), "en-US");
  assert.equal(said(fallbackMessageOf(agent("languages: [es-MX, en]"))), "es-MX");
  assert.equal(said(fallbackMessageOf(agent("language: fr\nlanguages: [es, fr]"))), "fr-FR");
});

Deno.test("case 92: a greeting that must be heard leaves interruptions to Parley", () => {
  const { setup, policy } = createAgentSetup(
    agent("greeting: Hi.\ngreeting_interruptible: false"),
    inbound,
    defaults,
  );
  assert.equal(policy.greetingProtected, true);
  assert.ok(setup.turnDetection.kind === "semantic" && !setup.turnDetection.interrupts);
  assert.deepEqual([policy.modelInterrupts, policy.modelResponds], [false, false]);
  const without = createAgentSetup(agent("greeting_interruptible: false"), inbound, defaults);
  assert.equal(without.policy.greetingProtected, false);
});
