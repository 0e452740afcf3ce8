import assert from "node:assert/strict";
import { consentText } from "../../src/web/records/consentText.ts";
import { recordingText } from "../../src/web/records/recordingText.ts";
import { recordingMoments } from "../../src/web/moments/recordingMoments.ts";

Deno.test("what became of the question about the recording has the same words wherever it is shown", () => {
  const atMs = 11_000;
  const cases = [
    [{ kind: "announced", atMs }, "The caller has heard at 0:11 that the call is recorded."],
    [
      { kind: "agreed", atMs, words: "Yes" },
      "The caller agreed at 0:11 to the recording: “Yes”.",
    ],
    [{ kind: "refused", atMs, key: "9" }, "The caller refused the recording at 0:11: key 9."],
    [
      { kind: "unclear", atMs, words: "Hm" },
      "The caller's answer at 0:11 was no yes: “Hm”. Nothing is recorded.",
    ],
  ] as const;
  for (const [consent, text] of cases) {
    const course = { state: "on", spans: [], consent } as const;
    const recording = {
      ...course,
      ...{ durationMs: 0, bytes: 0, removedAt: null, redactedSpans: [] },
    };
    assert.ok(recordingText(recording)[0]?.includes(text), recordingText(recording)[0]);
    const [moment] = recordingMoments(course);
    assert.equal(moment?.text, consentText(consent));
    assert.equal(moment?.text, text.replace(" at 0:11", ""));
  }
});
