import assert from "node:assert/strict";
import type { CalleePlan } from "../../src/sim/twilio/phoneNetwork.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import type { RealtimeSession } from "../../src/sim/openai/realtimeServer.ts";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { encodeG711, MU_LAW } from "../../src/utils/audio/g711.ts";
import { telephoneSpeech } from "../support/trials/holdTrial.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { watchHoldUps } from "../support/trials/holdUps.ts";
import { until } from "../support/until.ts";
import { heardSaying, published, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";

const [, cards, goForward, , numbers] = telephoneSpeech().map(({ sound }) =>
  encodeG711(MU_LAW, sound)
);

/** A menu whose second option leads to hold music with an announcement in it, and then to a person. */
const COMPANY: CalleePlan = {
  kind: "menu",
  menus: {
    main: {
      prompt: [{ audio: cards! }, { silenceMs: 700 }, { audio: goForward! }],
      keys: {
        "2": {
          steps: [
            { musicMs: 5000, style: "strings" },
            { audio: numbers! },
            { musicMs: 4000, style: "piano" },
            { silenceMs: 200 },
            { audio: goForward! },
            { stay: true },
          ],
        },
      },
      timeoutMs: 8000,
    },
  },
};

/** What the recordings are taken to say, in order. */
const WORDS = [
  "For sales, press one.",
  "For billing, press two.",
  "Your call is important to us. Please hold the line.",
  "Billing, this is Anna. How can I help you?",
];

Deno.test("an agent gets through a menu and a queue to a person, however its keys are pressed", (t) =>
  concurrently(t, {
    "by the network": () => callCompany("network"),
    "as tones": () => callCompany("tones"),
  }));

async function callCompany(keys: string): Promise<void> {
  let recordings = 0;
  let transcribed = 0;
  using holdUps = watchHoldUps();
  await using rig = await startPhoneRig({
    agent: `greeting: Hello, I call about an invoice.\nphone_menu:\n  keys: ${keys}`,
    network: { otherNumbers: { answer: "human", callee: COMPANY } },
    model: {
      script: caller,
      // Music has no words.
      transcribe: () => WORDS.slice(transcribed, transcribed = recordings).join(" "),
      keepAudio: true,
    },
  });
  const { callId, phone, model } = await rig.dial();
  const heard: { readonly atMs: number; readonly model: ReturnType<typeof asHeard> }[] = [];
  const watching = eachRecording(phone, (atMs) => {
    recordings++;
    heard.push({ atMs, model: asHeard(model) });
  });

  await published(rig, callId, "hold", ({ on }) => on);
  // It comes behind all that was sent until then.
  await model.next("input_audio_buffer.clear");
  const onHold = asHeard(model);
  const untilHold = model.heardAudio;
  const announcement = numbers!.subarray(0, 500 * 8);
  assert.ok(contains(untilHold, goForward!), "the menu was heard whole");
  assert.ok(!contains(untilHold, announcement), "only the menu was heard until then");
  assert.deepEqual(pressed(model), ["2"], "one answer to the whole menu");
  await until(() => heard.length, (count) => count === 4);
  await heardSaying(rig, callId, /invoice/);

  const [announced, person] = heard.slice(-2);
  assert.ok(announced && person);
  assert.equal(announced.model.responses, onHold.responses);
  assert.equal(announced.model.heardMs, onHold.heardMs, "nothing is sent while music plays");
  assert.equal(person.model.responses, onHold.responses, "the announcement is not answered");
  const announcementMs = numbers!.length / 8;
  assert.ok(
    person.model.heardMs - announced.model.heardMs <= announcementMs + 3000,
    "of the music after the announcement no more is sent than was needed to notice it",
  );
  assert.ok(contains(model.heardAudio, announcement), "the announcement is heard after that");
  assert.ok(contains(model.heardAudio, goForward!), "the person's first word is heard whole");
  const saidAt = await spokenAfter(phone, person.atMs);
  const lateMs = saidAt - person.atMs - goForward!.length / 8;
  assert.ok(
    lateMs < 1500 + holdUps.worstMs,
    `answered ${lateMs} ms (held up ${holdUps.worstMs}) after the person's last sound`,
  );

  await hangUp(phone);
  const { end, phoneMenu } = await recordOf(rig, callId);
  assert.equal(end?.reason, "caller_hung_up");
  assert.deepEqual(phoneMenu?.steps.map(({ keys }) => keys), ["2"]);
  assert.match(phoneMenu.steps[0]!.heard, /For billing, press two\.$/);
  const { holdMs, withheldMs } = phoneMenu;
  assert.ok(holdMs > person.atMs - announced.atMs, `${holdMs}: to the person's first word`);
  const missingMs = await sentMs(phone, keys === "network" ? 2 : 1) - model.heardMs - withheldMs;
  assert.ok(
    // What is withheld is told by the clock: of frames that come late, some count elsewhere.
    Math.abs(missingMs) < 500 + holdUps.worstMs,
    `all but ${missingMs} ms of the line's audio was sent or withheld`,
  );
  await watching;
}

/** Calls back for every recording that the far end plays, from the first on. */
async function eachRecording(
  phone: SimulatedCall,
  onPlayed: (atMs: number) => void,
): Promise<void> {
  try {
    for (;;) {
      const { does, atMs } = await phone.next("callee");
      if (does === "plays a recording") onPlayed(atMs);
    }
  } catch {
    // The call is over.
  }
}

const caller: Script = ({ cause, history }) => {
  if (cause.type !== "speech") return { say: "Hello?" };
  const hasPressed = history.some(({ item }) => item.type === "function_call");
  if (!hasPressed) return { tools: [{ name: "send_dtmf", arguments: '{"digits":"2"}' }] };
  return { say: "Hello Anna, I call about an invoice." };
};

/** How much of the line's audio the app was sent, over that many streams. */
async function sentMs(phone: SimulatedCall, streams: number): Promise<number> {
  let sum = 0;
  for (let stream = 0; stream < streams; stream++) {
    sum += (await phone.next("streamClosed")).end.sentMs;
  }
  return sum;
}

/** What the model has got, and was asked. */
function asHeard(model: RealtimeSession) {
  const responses = model.received.filter(({ type }) => type === "response.create").length;
  return { heardMs: Math.round(model.heardMs), responses };
}

function pressed({ conversation }: RealtimeSession): readonly string[] {
  return conversation.flatMap(({ item }) =>
    item.type === "function_call" ? [JSON.parse(item.arguments).digits] : []
  );
}

/** When the far end began to hear the agent, after that time. */
async function spokenAfter(phone: SimulatedCall, afterMs: number): Promise<number> {
  for (;;) {
    const { atMs } = await phone.next("speaking");
    if (atMs > afterMs) return atMs;
  }
}

function contains(all: Uint8Array, part: Uint8Array): boolean {
  const whole = part.subarray(0, Math.floor(part.length / 160) * 160);
  const text = (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return text(all).includes(text(whole));
}
