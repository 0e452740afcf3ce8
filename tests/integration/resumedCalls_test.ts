import assert from "node:assert/strict";
import {
  parrot,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { endedRecord, get } from "../support/twilio/dialling.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { apiKey, type ServedApp } from "../support/servers/phoneServer.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";

const greeting = "greeting: Good day.";

Deno.test("a call whose process is gone goes on in another one with its history, as one call", async () => {
  await using two = await startTwo();
  const { rig, second } = two;
  const talk = await rig.ring();
  await said(rig.server, talk, 1);
  await talk.phone.speak(voiceOf(600));
  await said(rig.server, talk, 2);
  const before = await detail(rig.server, talk.callId);

  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  const texts = () => model.conversation.map(({ text }) => text);
  await until(() => Promise.resolve(texts()), (texts) => texts.length > 3);
  assert.deepEqual(texts().slice(0, 3), before.turns.map(({ text }) => text));
  assert.match(texts()[3] ?? "", /interrupted and is back/);
  await said(second, talk, 3);
  assert.deepEqual(
    model.received.filter(({ type }) => type === "response.create").length,
    1,
    "no greeting beside the sentence that it is there again",
  );
  const session = second.app.registry.get(talk.callId);
  assert.equal(session?.request.callerProven, false);
  await talk.phone.speak(voiceOf(600));
  await said(second, talk, 4);
  await hangUp(talk.phone);
  const record = await endedRecord(second, talk.callId, apiKey);
  assert.equal(record.usage.responses, 4, "usage goes on from what was used before");
  assert.ok(record.turns.every(({ final }: { readonly final: boolean }) => final));
  assert.equal(record.startedAt, before.startedAt);
  assert.equal(record.end.reason, "caller_hung_up");
  const { calls } = await get(second, "/api/calls");
  assert.equal(calls.length, 1);
});

Deno.test("a placed call that goes on elsewhere keeps its context, its key and its limit", async () => {
  await using two = await startTwo({ OUTBOUND_DAILY_MINUTES: "5" });
  const { rig, second } = two;
  const placed = await rig.server.post("/api/outbound/initiate", {
    to: "+14155550123",
    context: "about the shoes",
  });
  const { callId } = await placed.json();
  const phone = await rig.server.network.nextCall();
  const first = await rig.realtime.nextSession();
  await phone.next("streamStarted");
  const talk: Talk = { callId, phone, model: first };
  await said(rig.server, talk, 1);
  const before = rig.server.app.registry.get(callId)?.request;

  two.lose(phone);
  const model = await rig.realtime.nextSession();
  await said(second, talk, 2);
  assert.equal(model.config.instructions, first.config.instructions);
  assert.deepEqual(second.app.registry.get(callId)?.request, before);
  assert.ok((before?.maxMs ?? Infinity) <= 5 * 60_000);
  await hangUp(phone);
  const record = await endedRecord(second, callId, apiKey);
  assert.equal(record.key, "ops");
  assert.equal(record.usage.responses, 2);
});

Deno.test("a caller who was bridged before the process was lost gets the answer from the next", async () => {
  const asked = Promise.withResolvers<void>();
  const found = Promise.withResolvers<void>();
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async () => {
      asked.resolve();
      await found.promise;
      return new Response("noon");
    },
  );
  const url = `http://127.0.0.1:${service.addr.port}`;
  const agent = [
    "filler_after_ms: 300",
    `http_tools:\n  - { name: look, description: Looks up the time., url: "${url}" }`,
  ].join("\n");
  await using two = await startTwo({}, {
    transcribe: () => "What time is it?",
    script: ({ cause, outOfBand }) => {
      if (outOfBand) return { say: "One moment." };
      if (cause.type === "speech") return { tools: [{ name: "look", arguments: "{}" }] };
      // The process is lost before its model has answered.
      if (cause.type === "toolOutputs") return { say: "It is noon.", delayMs: 60_000 };
      return { say: "It is noon." };
    },
  }, agent);
  const { rig, second } = two;
  const talk = await rig.ring();
  await talk.phone.speak(voiceOf(600));
  await asked.promise;
  await said(rig.server, talk, 1);
  found.resolve();
  await until(() => detail(rig.server, talk.callId), ({ tools }) => tools?.[0]?.result != null);

  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  const { turns } = await said(second, talk, 2);
  assert.deepEqual(turns.map(({ text }) => text), [
    "What time is it?",
    "One moment.",
    "It is noon.",
  ]);
  const told = model.conversation.map(({ text }) => text);
  assert.ok(told.some((text) => /still waiting for an answer/.test(text)), told.join("\n"));
  assert.ok(!told.includes("One moment."));
  await hangUp(talk.phone);
});

Deno.test("what a tool has done in one process is not done again in the next", async () => {
  let booked = 0;
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(`booked ${++booked}`),
  );
  const url = `http://127.0.0.1:${service.addr.port}`;
  const agent =
    `http_tools:\n  - { name: book, description: Books., url: "${url}", parameters: { properties: { day: {} } } }`;
  await using two = await startTwo({}, {}, agent);
  const { rig } = two;
  const talk = await rig.ring();
  const use = async (model: typeof talk.model, args: string, known?: string) => {
    model.say({ tools: [{ name: "book", arguments: args }] });
    for (;;) {
      const { item } = await model.next("conversation.item.create");
      // The next process tells its model what is known already.
      if (item.type === "function_call_output" && item.output !== known) return String(item.output);
    }
  };
  assert.equal(await use(talk.model, '{"day":"friday"}'), "booked 1");
  await until(() => detail(rig.server, talk.callId), ({ tools }) => tools?.[0]?.result != null);

  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  await until(() => model.responding, (responding) => !responding && model.received.length > 0);
  assert.match(
    await use(model, '{ "day": "friday" }', "booked 1"),
    /"repeated":true.*"result":"booked 1"/,
  );
  assert.equal(booked, 1);
  await hangUp(talk.phone);
});

Deno.test("case 123: the next process's model knows that the call is being screened", async () => {
  const screening = "Record your name and reason for calling, and I'll see if they are available.";
  const transcribe = () => screening;
  const agent = `${greeting}\nfiller_after_ms: 0`;
  const script: Script = (turn) =>
    turn.history.some(({ text }) => /is back/.test(text)) ? { say: "Here again." } : parrot(turn);
  await using two = await startTwo({}, { script, transcribe }, agent);
  const { rig, second } = two;
  const talk = await rig.dial();
  await talk.phone.speak(voiceOf(900));
  await published(rig, talk.callId, "notice", ({ code }) => code === "call_screened");
  await said(rig.server, talk, 2);

  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  await until(
    () => detail(second, talk.callId),
    ({ turns }) => turns.some(({ text, final }) => text === "Here again." && final),
  );
  const told = model.conversation.filter(({ text }) => text.includes("is being screened"));
  assert.equal(told.length, 1);
  assert.equal(model.received.filter(({ type }) => type === "response.create").length, 1);
  await hangUp(talk.phone);
});

Deno.test("case 122: a message on a machine that a lost process has begun is left by the next", async () => {
  const message = "Please call us back, dear customer. ".repeat(3).trim();
  await using two = await startTwo({}, { script: parrot }, `voicemail: ${message}`);
  const { rig, second } = two;
  const talk = await rig.dial();
  await callBack(rig.server, `/twilio/amd?call=${talk.callId}`, {
    CallSid: talk.phone.sid,
    AnsweredBy: "machine_end_beep",
  });
  await until(() => detail(second, talk.callId), ({ turns }) => turns.some(({ final }) => !final));

  two.lose(talk.phone);
  const { turns, end } = await endedRecord(second, talk.callId, apiKey);
  assert.equal(turns.at(-1)?.text, message);
  assert.equal(end?.reason, "voicemail");
});

function startTwo(
  env: Readonly<Record<string, string>> = {},
  model: PhoneRigOptions["model"] = {},
  agent: string = greeting,
) {
  return startResumingRig({ agent, model, env });
}

/** Waits until the agent has said so many things in the call, whole. */
function said(server: ServedApp | PhoneRig["server"], { callId }: Talk, count: number) {
  return until(
    () => detail(server, callId),
    ({ turns }) =>
      (turns ?? []).filter(({ role, final }) => role === "agent" && final).length >= count,
  );
}

interface Detail {
  readonly startedAt: string;
  readonly turns: readonly {
    readonly role: string;
    readonly text: string;
    readonly final: boolean;
  }[];
  readonly tools?: readonly { readonly result: unknown }[];
}

function detail(server: ServedApp, callId: string): Promise<Detail> {
  return get(server, `/api/calls/${callId}`, apiKey);
}
