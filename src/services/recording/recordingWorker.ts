/// <reference lib="deno.worker" />
import type { RecordingMessage } from "./recordingMessages.ts";
import { RecordingWriter } from "./recordingWriter.ts";

let writer: RecordingWriter | undefined;

self.addEventListener("message", ({ data }: MessageEvent<RecordingMessage>) => {
  if (data.type === "options") {
    writer = new RecordingWriter(data.options, {
      tell: (news) => self.postMessage(news),
      now: () => performance.now(),
    });
  } else writer?.handle(data);
});
