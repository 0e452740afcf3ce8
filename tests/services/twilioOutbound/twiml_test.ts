import assert from "node:assert/strict";
import { holdMessagesOf, writeTwiml } from "../../../src/services/twilioOutbound.ts";
import { readTwiml } from "../../../src/sim/twilio/twiml/twiml.ts";

const publicUrl = "https://phone.example";

Deno.test("a call on hold hears sentences in its agent's language, and then asks how to go on", () => {
  const voice = { language: "de-AT", phone_voice: "Polly.Vicki-Neural" };
  const hold = { ...holdMessagesOf(voice), agent: "Büro" };
  const { verbs, warnings } = readTwiml(writeTwiml({ do: "hold", hold }, publicUrl));
  assert.deepEqual(warnings, []);
  assert.deepEqual(verbs.map(({ verb }) => verb), ["say", "pause", "say", "pause", "redirect"]);
  const [first, pause, further, longer, redirect] = verbs;
  assert.ok(first?.verb === "say" && further?.verb === "say");
  assert.deepEqual([first.text, first.language, first.voice], [
    "Einen Moment bitte.",
    "de-AT",
    "Polly.Vicki-Neural",
  ]);
  assert.notEqual(further.text, first.text);
  assert.ok(pause?.verb === "pause" && longer?.verb === "pause");
  const seconds = pause.seconds + longer.seconds;
  assert.ok(seconds >= 20 && seconds <= 30, String(seconds));
  assert.ok(redirect?.verb === "redirect");
  assert.equal(
    redirect.url,
    `${publicUrl}/twilio/resume?agent=B%C3%BCro#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=15000`,
  );
});

Deno.test("a call on hold hears English where its agent's language has no sentence", () => {
  const { first, further } = holdMessagesOf({ language: "ja", phone_voice: "Polly.Takumi" });
  for (const { language, voice } of [first, further]) {
    assert.deepEqual([language, voice], ["en-US", undefined]);
  }
});
