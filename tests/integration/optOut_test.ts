import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { executeWhenFree } from "../support/store/executeWhenFree.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import {
  get,
  initiate,
  onlyAgent,
  startBeside,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("opt-outs");
const callee = "+14155550123";
const listed = `/api/do-not-call/${callee}`;

test("who says that they want no more calls is listed with their words, told so, and never called again", async () => {
  await using rig = await startPhoneRig({
    agent: 'greeting: "Good day, this is Acme."\noutbound: { hours: off }',
    model: { transcribe: () => "No. Please stop calling me!" },
  });
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Good day/);
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /^I have taken you off our list\. .* Goodbye\.$/);
  const record = await recordOf(rig, talk.callId);
  assert.deepEqual(record.end, { reason: "agent_hung_up", detail: "opted_out" });
  const { optOut } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.deepEqual([optOut.by, optOut.words], ["word", "Please stop calling me"]);
  const entry = await get(rig.server, listed);
  assert.deepEqual(
    [entry.words, entry.callId, entry.reason, entry.addedBy],
    ["Please stop calling me", talk.callId, "asked in a call", "receptionist"],
  );
  assert.deepEqual(await problemOf(await initiate(rig.server)), [403, "do_not_call"]);
  await erase(rig);
  const after = await get(rig.server, listed);
  assert.deepEqual([after.number, after.words, after.callId], [callee, null, null]);
  assert.deepEqual(await problemOf(await initiate(rig.server)), [403, "do_not_call"]);
});

test("the key that the disclosure names is an opt-out, in the middle of it", async () => {
  await using rig = await startPhoneRig({
    agent: `language: de
greeting: "Guten Tag."
outbound:
  hours: off
  disclosure: Sie sprechen mit einem Computer von Acme. Für keine weiteren Anrufe drücken Sie die 9.
  opt_out: { sentence: "Gut, wir rufen nicht mehr an." }`,
  });
  const talk = await rig.dial();
  await published(rig, talk.callId, "speaking", ({ who, on }) => who === "agent" && on);
  await talk.phone.sendDigits("9");
  await heardSaying(rig, talk.callId, /^Gut, wir rufen nicht mehr an\.$/);
  const { optOut, mustHear, end, turns } = await recordDetail(rig, talk.callId);
  assert.deepEqual([optOut.by, optOut.words, end.detail], ["key", "9", "opted_out"]);
  assert.equal(mustHear[0].heard, false, "it was not heard to its end");
  assert.ok(!turns.some(({ text }: { readonly text: string }) => text.startsWith("Guten Tag")));
  // In the order in which they were heard.
  const heard = turns.map(({ by, role }: Record<string, string>) => by === "keypad" ? by : role);
  assert.deepEqual(heard, ["agent", "keypad", "agent"]);
  const [disclosed, pressed] = turns;
  assert.ok(pressed.startedMs > disclosed.startedMs, `${pressed.startedMs}`);
  assert.equal((await get(rig.server, listed)).words, "9");
});

test("what only a model understands it lists by its tool, which every agent has that calls people", async () => {
  await using rig = await startPhoneRig({
    agent: "outbound: { hours: off }",
    model: {
      transcribe: () => "Would you be so kind as to leave me in peace for good?",
      script: (turn) =>
        turn.request === undefined && turn.cause.type === "speech"
          ? {
            tools: [{
              name: "do_not_call",
              arguments: '{"words":"leave me in peace, 4111 1111 1111 1111"}',
            }],
          }
          : parrot(turn),
    },
  });
  const talk = await rig.dial();
  await talk.phone.speak(voiceOf(600));
  const { words } = await published(rig, talk.callId, "optedOut");
  assert.match(words ?? "", /^leave me in peace/);
  const entry = await get(rig.server, listed);
  assert.deepEqual([entry.words, entry.callId], ["leave me in peace, …", talk.callId]);
});

test("an opt-out that cannot be stored holds in its process, and is stored as soon as it can be", async () => {
  await using place = await temporaryDatabase();
  await using rig = await startPhoneRig({
    agent: 'outbound: { hours: off }\ngreeting: "Good day."',
    env: place.env,
    model: { transcribe: () => "Take me off your list." },
  });
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Good day/);
  using database = new DatabaseSync(`${place.folder}/parley.db`);
  await executeWhenFree(
    database,
    "CREATE TRIGGER away BEFORE INSERT ON do_not_call BEGIN SELECT RAISE(ABORT, 'away'); END",
  );
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /Goodbye\.$/);
  await recordOf(rig, talk.callId);
  assert.equal((await get(rig.server, listed)).number, undefined, "it is not stored yet");
  assert.deepEqual(await problemOf(await initiate(rig.server)), [403, "do_not_call"]);
  await executeWhenFree(database, "DROP TRIGGER away");
  const stored = await until(() => get(rig.server, listed), ({ number }) => number === callee);
  assert.equal(stored.callId, talk.callId);
});

test("what another process asks for is refused as soon as the words were heard", async () => {
  await using place = await temporaryDatabase();
  const agent = 'outbound: { hours: off }\ngreeting: "Good day."';
  await using rig = await startPhoneRig({
    agent,
    env: place.env,
    model: { transcribe: () => "Take me off your list." },
  });
  await using beside = await startBeside(rig.server, place.env, { agentFiles: onlyAgent(agent) });
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Good day/);
  await talk.phone.speak(voiceOf(600));
  // The sentence that confirms it is asked for when it is written, and not before.
  await published(rig, talk.callId, "closing", ({ end }) => end?.detail === "opted_out");
  assert.deepEqual(await problemOf(await initiate(beside)), [403, "do_not_call"]);
});

// deno-lint-ignore no-explicit-any -- tests read what they expect
async function recordDetail(rig: PhoneRig, callId: string): Promise<any> {
  await recordOf(rig, callId);
  return await get(rig.server, `/api/calls/${callId}`);
}

async function erase({ server }: PhoneRig): Promise<void> {
  const answer = await server.request(`/api/callers/${encodeURIComponent(callee)}`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  assert.ok(answer.ok, `${answer.status}`);
  await answer.body?.cancel();
  await until(() => get(server, listed), ({ words }) => words === null);
}
