import assert from "node:assert/strict";
import type { CalleePlan } from "../../src/sim/twilio/phoneNetwork.ts";
import { createFliteVoice } from "../../src/sim/voice/fliteVoice.ts";
import { get } from "../support/twilio/dialling.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  startPhoneRig,
} from "../support/servers/phoneRig.ts";
import { concurrently } from "../support/servers/concurrently.ts";

const DISCLOSURE = "A computer of the desk calls you.";
const GREETING = "Good day, this is Ann.";
const MESSAGE = "This is Ann of the desk. Please call us back.";
const SCREENING = "Ann of the desk calls about your appointment.";

const MACHINE = "You have reached Sam. Please leave a message after the tone.";
const PROMPT = "Hi. If you record your name and reason for calling.";

const voice = createFliteVoice();
// Made beforehand: a far end that is silent because its voice is not ready yet is taken for a person.
for (const sentence of ["Hello?", MACHINE, PROMPT, "Hello, Sam here."]) await voice.say(sentence);
Deno.test.afterAll(() => voice.close());

function world(callee: CalleePlan, words: readonly string[]): Promise<PhoneRig> {
  let turn = 0;
  return startPhoneRig({
    agent: `greeting: ${GREETING}
voicemail: ${MESSAGE}
screening: ${SCREENING}
outbound: { hours: off, disclosure: ${DISCLOSURE} }`,
    model: { script: parrot, transcribe: () => words[turn++] ?? "" },
    network: { voice, otherNumbers: { answer: "human", callee } },
  });
}

async function saidIn(rig: PhoneRig, callId: string) {
  const { turns } = await recordOf(rig, callId);
  const { mustHear } = await get(rig.server, `/api/calls/${callId}`);
  const said = turns.filter(({ role }) => role === "agent").map(({ text }) => text);
  return { said, heard: mustHear[0].heard };
}

Deno.test("the disclosure is for the person, and for no machine", (t) =>
  concurrently(t, {
    async "a person hears it before the greeting"() {
      const callee: CalleePlan = { kind: "person", greeting: ["Hello?"], replies: [] };
      await using rig = await world(callee, ["Hello?"]);
      const talk = await rig.dial();
      await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
      talk.phone.hangUp();
      assert.deepEqual(await saidIn(rig, talk.callId), {
        said: [DISCLOSURE, GREETING],
        heard: true,
      });
    },
    async "a machine is left the message alone"() {
      await using rig = await world({ kind: "machine", greeting: [MACHINE] }, [MACHINE]);
      const talk = await rig.dial();
      await talk.phone.settled;
      const [tape] = talk.phone.tapes;
      assert.deepEqual(talk.phone.heard().filter(({ atMs }) => atMs < (tape?.fromMs ?? 0)), []);
      assert.deepEqual(await saidIn(rig, talk.callId), { said: [MESSAGE], heard: false });
    },
    async "a screener gets its answer, and the person the disclosure"() {
      const callee: CalleePlan = {
        kind: "screener",
        prompt: [PROMPT],
        decidesAfterMs: 4_000,
        person: { kind: "person", greeting: ["Hello, Sam here."], replies: [] },
      };
      await using rig = await world(callee, [
        "Hi. If you record your name and reason for calling, I'll see if this person is available.",
        "Thanks. Please stay on the line.",
        "Hello, Sam here.",
      ]);
      const talk = await rig.dial();
      await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
      talk.phone.hangUp();
      assert.deepEqual(await saidIn(rig, talk.callId), {
        said: [SCREENING, DISCLOSURE, GREETING],
        heard: true,
      });
    },
  }));
