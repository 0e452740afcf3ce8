import assert from "node:assert/strict";
import type { ConversationEntry } from "../../src/sim/openai/conversation.ts";
import type { Fault } from "../../src/sim/openai/realtimeServer.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const compact = "context: { after_minutes: 0, audio_turns: 1 }";
const test = concurrentTests("calls whose old turns become words");

test("case 79: old turns become words in their places, the latest stays sound, and nothing is lost", async () => {
  await using rig = await startRig(`${compact}\ntools: [get_current_time]\ngreeting: Good day.`);
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await says(rig, talk, "My name is Ada Lovelace.", /Ada/);
  await says(rig, talk, "What time is it?", /It is late/);
  await says(rig, talk, "I live in Turin.", /Turin/);
  await says(rig, talk, "My number is 4711.", /4711/);
  await says(rig, talk, "I like cheese.", /cheese/);
  await compacted(rig, talk, 4 + 6);
  await says(rig, talk, "And tea.", /tea/);
  await compacted(rig, talk, 4 + 7);
  assert.deepEqual(talk.model.conversation.map(shown), [
    "assistant text: Good day.",
    "user text: My name is Ada Lovelace.",
    "assistant text: You said: My name is Ada Lovelace.",
    "user text: What time is it?",
    "function_call: get_current_time",
    "function_call_output",
    "assistant text: It is late.",
    "user text: I live in Turin.",
    "assistant text: You said: I live in Turin.",
    "user text: My number is 4711.",
    "assistant text: You said: My number is 4711.",
    "user sound",
    "assistant text: You said: I like cheese.",
    "user sound",
    "assistant text: You said: And tea.",
  ]);
  await says(rig, talk, "What is my name?", /^Your name is Ada Lovelace\.$/);
  await hangUp(talk.phone);
  const { turns, savings } = await recordOf(rig, talk.callId);
  assert.deepEqual(turns.map(({ role }) => role), [
    ...["agent", "caller", "agent", "caller", "agent", "caller", "agent", "caller"],
    ...["agent", "caller", "agent", "caller", "agent", "caller", "agent"],
  ]);
  assert.ok(savings !== null && savings.inputAudio > 500 && (savings.usd ?? 0) > 0.01);
});

test("an interruption is exact right after turns became words", async () => {
  await using rig = await startRig(compact);
  const talk = await rig.ring();
  await says(rig, talk, "Tell me a story.", /story/);
  await compacted(rig, talk, 1);
  const before = talk.phone.playedMs;
  talk.model.say({ say: "one two three four five six seven eight nine ten", audioMs: 8000 });
  while (talk.phone.playedMs < before + 2000) await talk.phone.next("echo");
  talk.model.startSpeech();
  const { report } = await talk.phone.next("clear");
  const { audio_end_ms } = await talk.model.next("conversation.item.truncate");
  const heardMs = report.playedMs - before;
  assert.ok(Math.abs(audio_end_ms - heardMs) <= 150, `${audio_end_ms} ms told, ${heardMs} played`);
  await compacted(rig, talk, 2);
  talk.model.stopSpeech(500);
  await heardSaying(rig, talk.callId, /You said/);
  const [cut] = talk.model.conversation.filter(({ text }) => text.startsWith("one"));
  await hangUp(talk.phone);
  const { turns } = await recordOf(rig, talk.callId);
  const recorded = turns.find(({ text }) => text.startsWith("one"))?.text ?? "";
  assert.match(recorded, /^one two/);
  assert.doesNotMatch(recorded, /five/);
  assert.equal(cut?.text, `${recorded} …`);
  assert.equal(cut?.audioMs, 0);
});

test("case 78: where a server deletes no items the conversation stays sound, and goes on", async () => {
  await using rig = await startRig(compact, ["noItemDelete"]);
  const talk = await rig.ring();
  for (const text of ["One.", "Two.", "Three."]) {
    await says(rig, talk, text, new RegExp(text));
  }
  const refused = talk.model.received.filter(({ type }) => type === "conversation.item.delete");
  assert.equal(refused.length, 1);
  const sounds = talk.model.conversation.filter(({ audioMs }) => audioMs > 0);
  assert.equal(sounds.length, 6);
  assert.equal(rig.events.all.filter(({ event }) => event.type === "compacted").length, 0);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
});

test("a session that takes over is given the words, and has its own sound replaced", async () => {
  await using rig = await startRig(compact);
  const talk = await rig.ring();
  await says(rig, talk, "My name is Ada Lovelace.", /Ada/);
  await compacted(rig, talk, 1);
  talk.model.close(1011);
  const model = await rig.realtime.nextSession();
  for (let given = 0; given < 2; given++) await model.next("conversation.item.create");
  const next = { ...talk, model };
  await says(rig, next, "What is my name?", /^Your name is Ada Lovelace\.$/);
  await compacted(rig, next, 2);
  assert.deepEqual(model.conversation.map(shown), [
    "user text: My name is Ada Lovelace.",
    "assistant text: You said: My name is Ada Lovelace.",
    "user sound",
    "assistant text: Your name is Ada Lovelace.",
  ]);
  await hangUp(talk.phone);
});

test("with context: full nothing becomes words", async () => {
  await using rig = await startRig("context: full");
  const talk = await rig.ring();
  for (const text of ["One.", "Two."]) await says(rig, talk, text, new RegExp(text));
  assert.ok(talk.model.conversation.every(({ audioMs }) => audioMs > 0));
  await hangUp(talk.phone);
});

interface Listening extends PhoneRig {
  /** What the caller is understood to have said, in order. */
  readonly said: string[];
}

async function startRig(agent: string, faults: readonly Fault[] = []): Promise<Listening> {
  const said: string[] = [];
  const model = { faults, script: listener(said), transcribe: () => said.at(-1) };
  return Object.assign(await startPhoneRig({ agent, model }), { said });
}

/** Repeats what the caller said; knows their name, and uses a tool to tell the time. */
function listener(said: readonly string[]): Script {
  return (turn) => {
    if (turn.cause.type === "toolOutputs") return { say: "It is late." };
    if (turn.cause.type !== "speech") return parrot(turn);
    switch (said.at(-1)) {
      case "What time is it?":
        return { tools: [{ name: "get_current_time", arguments: "{}" }] };
      case "What is my name?":
        return { say: `Your name is ${nameIn(turn.history)}.` };
      default:
        return { say: `You said: ${said.at(-1)}` };
    }
  };
}

/** The caller's name where the model has it in words. */
function nameIn(history: readonly ConversationEntry[]): string | undefined {
  return history.filter(({ audioMs }) => audioMs === 0)
    .map(({ text }) => /^My name is ([\w ]+)\.$/.exec(text)?.[1]).find((name) =>
      name !== undefined
    );
}

/** The caller says something, and has heard the answer. */
async function says(rig: Listening, talk: Talk, text: string, answer: RegExp): Promise<void> {
  rig.said.push(text);
  talk.model.startSpeech();
  talk.model.stopSpeech(1500);
  await heardSaying(rig, talk.callId, answer);
}

async function compacted({ events }: PhoneRig, { callId }: Talk, count: number): Promise<void> {
  await events.when((all) =>
    all.filter((one) => one.callId === callId && one.event.type === "compacted").length >= count
  );
}

function shown({ item, audioMs, text }: ConversationEntry): string {
  if (item.type === "function_call") return `function_call: ${item.name}`;
  if (item.type !== "message") return item.type;
  return audioMs > 0 ? `${item.role} sound` : `${item.role} text: ${text}`;
}
