import assert from "node:assert/strict";
import { published, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

Deno.test("a quiet caller costs ten messages a second, and is heard whole as soon as they speak", async () => {
  await using rig = await startPhoneRig({ model: { keepAudio: true } });
  const talk = await rig.ring();
  const { model, phone } = talk;
  // From the fifth second on, frames are sent in groups.
  await until(() => model.heardMs, (ms) => ms > 5000);
  const [appends, heardMs] = [model.appends, model.heardMs];
  await until(() => model.heardMs, (ms) => ms >= heardMs + 2000);
  const perSecond = (model.appends - appends) / (model.heardMs - heardMs) * 1000;
  assert.ok(perSecond > 9 && perSecond < 12, `${perSecond} messages a second`);

  const voice = voiceOf(600);
  const before = model.appends;
  await phone.speak(voice);
  await published(rig, talk.callId, "speaking", ({ on }) => on);
  await published(rig, talk.callId, "speaking", ({ on }) => !on);
  assert.ok(model.appends - before >= 50, "600 ms of speech and 500 ms of silence, frame by frame");
  const heard = model.heardAudio;
  const begin = heard.findIndex((code) => code !== 0xff);
  assert.deepEqual(heard.slice(begin, begin + 4000), voice.slice(firstSound(voice)).slice(0, 4000));
  await hangUp(phone);
});

Deno.test("AUDIO_GROUP_MS=0 lets every frame go by itself", async () => {
  await using rig = await startPhoneRig({ env: { AUDIO_GROUP_MS: "0" } });
  const { model, phone } = await rig.ring();
  await until(() => model.heardMs, (ms) => ms > 5500);
  assert.equal(model.appends, model.heardMs / 20);
  await hangUp(phone);
});

function firstSound(voice: Uint8Array): number {
  return voice.findIndex((code) => code !== 0xff);
}
