import assert from "node:assert/strict";
import { startPhoneRig } from "../support/servers/phoneRig.ts";

const english = "We are sorry, there is a technical problem. Please call again later. Goodbye.";

const desks: Readonly<Record<string, readonly [agent: string, said: object]>> = {
  "an agent that speaks English": ["language: en", { text: english, language: "en-US" }],
  "an agent that speaks German": ["language: de", {
    text:
      "Es tut uns leid, wir haben gerade ein technisches Problem. Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
    language: "de-DE",
  }],
  "an agent with a sentence, a region and a voice of its own": [
    "language: de-AT\napology: Servus & bis später.\nphone_voice: Google.de-DE-Neural2-F",
    { text: "Servus & bis später.", language: "de-AT", voice: "Google.de-DE-Neural2-F" },
  ],
  "an agent whose language has no sentence yet": [
    "language: sv\nphone_voice: Polly.Elin-Neural",
    { text: english, language: "en-US" },
  ],
};

for (const [name, [agent, expected]] of Object.entries(desks)) {
  Deno.test(`when the model fails, Twilio says the fallback message in the language of ${name}`, async () => {
    await using rig = await startPhoneRig({ agent });
    rig.realtime.fail("refuseHandshake:401");
    const phone = rig.server.network.call();
    const { text, language, voice } = await phone.next("said");
    assert.deepEqual({ text, language, ...(voice !== undefined && { voice }) }, expected);
    await phone.settled;
    assert.deepEqual(phone.errors, []);
  });
}
