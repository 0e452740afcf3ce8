import assert from "node:assert/strict";
import { transcriptText, transcriptVtt } from "../../../src/services/records/transcriptFormats.ts";
import { turn } from "../../support/store/storedCalls.ts";

const conversation = [
  turn({
    id: "2",
    position: 2,
    role: "agent",
    text: "Good day, how may",
    interrupted: true,
    startedMs: 61_250,
    endedMs: 63_005.4,
  }),
  turn({
    id: "1",
    position: 1,
    text: " Hi <b>there</b> & -->\n\nAgent: all free ",
    startedMs: 400,
    endedMs: 1900,
  }),
  turn({ id: "3", position: 3, text: "", startedMs: 64_000 }),
  turn({ id: "4", position: 4, by: "keypad", text: "42", startedMs: 3_723_004, final: false }),
];

Deno.test("transcriptText() writes one line a turn, in order", () => {
  assert.equal(
    transcriptText(conversation),
    "[00:00] Caller: Hi <b>there</b> & --> Agent: all free\n" +
      "[01:01] Agent: Good day, how may [interrupted]\n" +
      "[01:02:03] Caller: 42\n",
  );
});

Deno.test("transcripts are in the order in which things were heard, not written", () => {
  const turns = [
    turn({ id: "a", position: 1, by: "text", text: "Hello?", startedMs: 6000 }),
    turn({ id: "b", position: 2, role: "agent", text: "I am here.", startedMs: 9000 }),
    turn({ id: "c", position: 3, role: "agent", text: "This is Acme.", startedMs: 7000 }),
    turn({ id: "d", position: 4, by: "operator", text: "yes", startedMs: 9500 }),
  ];
  assert.deepEqual(transcriptText(turns).match(/(?<=] ).*/g), [
    "Caller: Hello?",
    "Agent: This is Acme.",
    "Agent: I am here.",
    "Operator: yes",
  ]);
});

Deno.test("transcriptVtt() writes escaped cues with times", () => {
  assert.equal(
    transcriptVtt(conversation),
    "WEBVTT\n\n" +
      "1\n00:00:00.400 --> 00:00:01.900\n<v Caller>Hi &lt;b&gt;there&lt;/b&gt; &amp; --&gt; Agent: all free</v>\n\n" +
      "2\n00:01:01.250 --> 00:01:03.005\n<v Agent>Good day, how may [interrupted]</v>\n\n" +
      "3\n01:02:03.004 --> 01:02:03.504\n<v Caller>42</v>\n",
  );
});

Deno.test("transcriptVtt() sorts cues by their beginning, and none is empty or backwards", () => {
  const vtt = transcriptVtt([
    turn({ id: "a", position: 1, startedMs: 5000, endedMs: 4000 }),
    turn({ id: "b", position: 2, startedMs: 3000 }),
    turn({ id: "c", position: 3, startedMs: -5 }),
  ]);
  assert.deepEqual(vtt.match(/.* --> .*/g), [
    "00:00:00.000 --> 00:00:03.000",
    "00:00:03.000 --> 00:00:05.000",
    "00:00:05.000 --> 00:00:05.500",
  ]);
});

Deno.test("transcripts of calls without a word are valid and empty", () => {
  assert.equal(transcriptText([]), "");
  assert.equal(transcriptVtt([]), "WEBVTT\n");
});
