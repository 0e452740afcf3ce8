import assert from "node:assert/strict";
import type { CalleeStep } from "../../../../src/sim/twilio/callee/calleePlan.ts";
import {
  hearings,
  late,
  mistaken,
  type Pickup,
  pickups,
  tryAll,
} from "../../../support/trials/pickups.ts";

const set = pickups([1]);

for (const hearing of [hearings[0], hearings[3]]) {
  if (hearing === undefined) continue;
  const { transcribed } = hearing;
  const how = transcribed ? "by sound, words and the carrier's word" : "by sound alone";
  Deno.test(`who answers is found ${how}: people, machines, screeners, faxes and music`, async () => {
    const tried = await tryAll(set, [hearing]);
    const of = (...truths: readonly string[]) =>
      tried.filter(({ truth }) => truths.includes(truth));
    const names = (some: readonly { readonly name: string }[]) => some.map(({ name }) => name);
    const people = of("person");
    assert.deepEqual(names(mistaken(people)), []);
    assert.deepEqual(names(mistaken(of("music"))), []);
    for (const { name, result: { waitedMs = 0 } } of people) {
      assert.ok(waitedMs <= 3_000, `${name} waits ${waitedMs} ms`);
    }
    assert.ok(people.every(({ result }) => !result.talkedOver), "a greeting is talked over");
    const machines = of("machine");
    const share = transcribed ? 0.1 : 0.2;
    assert.ok(late(machines).length <= share * machines.length, names(late(machines)).join());
    const recorded = machines.filter(({ result }) => result.treated === "machine");
    assert.ok(recorded.length >= (transcribed ? 17 : 12));
    assert.deepEqual(names(recorded.filter(({ result }) => result.tape !== "alone")), []);
    assert.ok(of("fax").every(({ result }) => result.treated === "fax"));
    const screeners = of("screener");
    if (!transcribed) {
      const isAccepted = ({ name }: { readonly name: string }) => name.includes("accepts");
      assert.deepEqual(names(mistaken(screeners.filter(isAccepted))), []);
      return;
    }
    assert.deepEqual(names(mistaken(of("late person"))), []);
    assert.deepEqual(names(screeners.filter(({ result }) => !result.screened)), []);
    const treated = (words: string) =>
      screeners.filter(({ name }) => name.includes(words)).map(({ result }) => result);
    assert.ok(treated("accepts").every((result) => result.treated === "person"));
    assert.ok(treated("declines").every((result) => result.treated === "screener"));
    for (const result of treated("voicemail")) {
      assert.deepEqual([result.treated, result.tape], ["machine", "alone"]);
    }
  });
}

Deno.test("a machine that beeps long, or twice, is left the message after that, alone and whole", async () => {
  const machine = (name: string, beeps: readonly CalleeStep[]): Pickup => ({
    name,
    truth: "machine",
    plan: {
      kind: "steps",
      steps: [
        { silenceMs: 500 },
        "Hi, you have reached Sam. Please leave a message after the tone.",
        { silenceMs: 600 },
        ...beeps,
        { record: { maxMs: 60_000, silenceMs: 8000 } },
        { hangUp: true },
      ],
    },
    speaker: "slt",
    seed: 5,
  });
  const beep = { tone: { hz: 1000, ms: 300 } };
  const tried = await tryAll([
    machine("long", [{ tone: { hz: 800, ms: 2600 } }]),
    machine("twice", [beep, { silenceMs: 900 }, beep]),
  ], hearings);
  const spoilt = tried.filter(({ result }) => result.tape !== "alone");
  assert.deepEqual(spoilt.map(({ name, hearing }) => [name, hearing]), []);
});

Deno.test("hold music gets no message, though the carrier takes it for a greeting and its notes for beeps", async () => {
  const music = set.filter(({ truth }) => truth === "music");
  const tried = await tryAll(music, hearings.filter(({ detection }) => detection));
  assert.deepEqual(mistaken(tried).map(({ name }) => name), []);
});

Deno.test("who takes the call from a machine stays a person, though the carrier found a machine before", async () => {
  const takenOver = set.filter(({ name }) => /picked up after (5|13)/.test(name));
  const tried = await tryAll(takenOver, hearings.filter(({ transcribed }) => !transcribed));
  assert.deepEqual(mistaken(tried).map(({ name }) => name), []);
  for (const { name, result: { waitedMs = 0 } } of tried) {
    assert.ok(waitedMs <= 3000, `${name} waits ${waitedMs} ms`);
  }
});
