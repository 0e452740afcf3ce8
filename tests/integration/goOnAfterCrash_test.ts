import assert from "node:assert/strict";
import { EventReader } from "../support/eventReader.ts";
import { parrot, voiceOf } from "../support/servers/phoneRig.ts";
import {
  detail,
  liveCalls,
  type ProcessRig,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const SENTENCES = [
  "The blue room has a view of the lake.",
  "The green room looks out on the hills.",
  "The white room is above the old gate.",
  "The red room has a balcony and a desk.",
  "Breakfast is served until ten o'clock.",
  "Which one of them shall I book for you?",
];
const ANSWER = SENTENCES.join(" ");

const rooms: typeof parrot = (turn) =>
  turn.request === undefined && turn.cause.type === "speech"
    ? { say: ANSWER, audioMs: 12_000 }
    : parrot(turn);

/** A call whose server dies when the caller has heard three of six sentences, and no fifth. */
async function brokenOff(rig: ProcessRig) {
  const phone = await ring(rig);
  const [call] = await liveCalls(rig.server);
  const id = call?.id ?? "";
  const answer = await rig.server.get(`/api/calls/${id}/events`);
  const reader = new EventReader(answer);
  await phone.speak(voiceOf(600));
  const third = SENTENCES.slice(0, 3).join(" ").length;
  await until(() => reader.next(), (event) => {
    if (event?.name !== "turn") return false;
    const { turn } = JSON.parse(event.data).event;
    return turn.text === ANSWER && turn.heardCharacters > third;
  });
  await reader.close();
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  return { phone, id };
}

Deno.test("after kill -9 in the middle of an answer it goes on at the first sentence that was not heard", async () => {
  await using rig = await startProcessRig({ model: { script: rooms } });
  const { phone, id } = await brokenOff(rig);
  await rig.start({ sameAddress: true });
  await phone.next("streamStarted");
  const { turns } = await until(() => detail(rig.server, id), ({ turns }) => turns.length === 4);
  await hangUp(phone);
  const [, , before, after] = turns;
  assert.equal(`${before.text} ${before.unheard}`, ANSWER);
  assert.equal(before.interrupted, true);
  // A sentence that became known as heard less than a second before may not be written.
  assert.ok([2, 3].map((count) => SENTENCES.slice(0, count).join(" ")).includes(before.text));
  const { turns: [, , , rest] } = await until(
    () => detail(rig.server, id),
    ({ status }) => status === "ended",
  );
  assert.equal(after.role, "agent");
  assert.ok(before.unheard.startsWith(rest.text), rest.text);
});

Deno.test("of an answer that a crash broke off the record has as heard what was heard", async () => {
  await using rig = await startProcessRig({ model: { script: rooms } });
  const { phone, id } = await brokenOff(rig);
  await hangUp(phone);
  await rig.start({ sameAddress: true });
  const { turns, unheard } = await until(
    () => detail(rig.server, id),
    ({ status }) => status === "ended",
  );
  const { text, unheard: rest } = turns.at(-1);
  assert.equal(`${text} ${rest}`, ANSWER);
  assert.ok(text.startsWith(SENTENCES.slice(0, 2).join(" ")));
  assert.deepEqual(
    unheard.slice(-3).map(({ text }: { text: string }) => text),
    SENTENCES.slice(-3),
  );
});
