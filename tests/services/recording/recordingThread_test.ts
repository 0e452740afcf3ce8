import assert from "node:assert/strict";
import { RecordingThread } from "../../../src/services/recording/recordingThread.ts";

Deno.test("who asks a disk that hangs is told so after a while, and who asks one that works is answered", async () => {
  const dir = await Deno.makeTempDir();
  let isHanging = true;
  const thread = new RecordingThread(
    { dir, keys: [], maxMs: 60_000, minFreeBytes: 0 },
    { onFailed() {}, onClosed() {} },
    (callback) => {
      if (isHanging) callback();
      return () => {};
    },
  );
  await assert.rejects(thread.ask({ kind: "list" }), { code: "too_slow" });
  isHanging = false;
  assert.deepEqual(await thread.ask({ kind: "list" }), []);
  thread.close();
  await Deno.remove(dir);
});
