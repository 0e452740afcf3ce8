import assert from "node:assert/strict";
import { describeChanges, shown } from "../../../src/cli/connect/numberChanges.ts";

Deno.test("shown() keeps controls from the terminal, and says where it cuts", () => {
  assert.equal(shown("a\x1b[2Jb\u202ec\u2066d\u200fe\ud800"), "a?[2Jb?c?d?e\ufffd");
  assert.equal(shown("Müller & Söhne 🎉"), "Müller & Söhne 🎉");
  assert.equal(shown(""), "nothing");
  assert.equal(shown("x".repeat(300)), `${"x".repeat(200)}…`);
});

Deno.test("settings that have to be typed are shown whole", () => {
  const before = {
    ...{ VoiceUrl: "", VoiceMethod: "POST", VoiceFallbackUrl: "", VoiceFallbackMethod: "POST" },
    ...{ StatusCallback: "", StatusCallbackMethod: "POST", VoiceApplicationSid: "" },
    ...{ TrunkSid: "", VoiceReceiveMode: "voice" },
  };
  const VoiceUrl = `https://old.example/${"a".repeat(500)}`;
  assert.deepEqual(describeChanges(before, { VoiceUrl }), [
    `  a call comes in: nothing -> ${VoiceUrl}`,
  ]);
});
