import { strict as assert } from "node:assert";
import { whatAnswers } from "../../../src/cli/connect/whatAnswers.ts";

const publicUrl = "https://voice.example";
const unset = {
  ...{ VoiceUrl: "", VoiceMethod: "", VoiceFallbackUrl: "", VoiceFallbackMethod: "" },
  ...{ StatusCallback: "", StatusCallbackMethod: "", TrunkSid: "", VoiceReceiveMode: "voice" },
};

const cases = [["POST", /asks this server$/], ["GET", /this server, but with .*GET/]] as const;

for (const [method, words] of cases) {
  Deno.test(`an application that asks this server with ${method} is told with its method`, async () => {
    const said = await whatAnswers(
      {
        ...{ sid: `PN${"0".repeat(32)}`, number: "+14155550100", name: "", hasVoice: true },
        settings: { ...unset, VoiceApplicationSid: `AP${"0".repeat(32)}` },
      },
      {
        application: () =>
          Promise.resolve({
            ...{ name: "Agent", voiceUrl: `${publicUrl}/twilio/voice`, voiceMethod: method },
          }),
      },
      publicUrl,
    );
    assert.match(said, words);
  });
}
