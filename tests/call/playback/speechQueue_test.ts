import assert from "node:assert/strict";
import { SpeechAudio } from "../../../src/call/playback/speechAudio.ts";
import { SpeechQueue } from "../../../src/call/playback/speechQueue.ts";
import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";

const ref = { responseId: "r", itemId: "i", contentIndex: 0 };

Deno.test("what is left of a delta that was cut is kept without the text that it came in", () => {
  const queue = new SpeechQueue();
  const audio = new SpeechAudio(encodeBase64(new Uint8Array(8000).fill(7)));
  queue.enqueue({ ref, audio, offsetMs: 0, durationMs: 1000 });
  queue.dequeue(159, "pcmu");
  queue.keepNewest();
  const rest = queue.dequeue(1000, "pcmu");
  assert.equal(rest?.durationMs, 841);
  assert.equal(rest?.audio.isKept, true);
  assert.equal(rest?.audio.base64, encodeBase64(new Uint8Array(841 * 8).fill(7)));
});
