import assert from "node:assert/strict";
import type { ModelSink } from "../../../src/call/realtimeClient.ts";
import { RecordingQueue } from "../../../src/services/keptSpeech/recordingQueue.ts";
import { settled } from "../../support/until.ts";

const wanted = {
  key: "key",
  name: "bridge",
  text: "One moment.",
  voice: { agent: "desk", server: "a", model: "b", voice: "c", format: "pcmu" },
} as const;

Deno.test("a sentence that a model said otherwise is asked for again after ten minutes, of one that was away after one", async () => {
  for (const [isAway, minutes] of [[true, 1], [false, 10]] as const) {
    let now = 0;
    let opened = 0;
    const timers: (() => void)[] = [];
    const answer = (sink: ModelSink) => {
      if (isAway) return sink.onInput({ type: "modelLost", loss: { code: "x", retry: "now" } });
      sink.onInput({ type: "responseDone", responseId: "r", status: "completed", toolCalls: [] });
    };
    const queue = new RecordingQueue({
      openModel(_setup, sink) {
        opened++;
        queueMicrotask(() => answer(sink));
        const nothing = () => {};
        return {
          send: nothing,
          sendAudio: nothing,
          commitAudio: nothing,
          clearInputBuffer: nothing,
          changeSetup: nothing,
          giveHistory: nothing,
          close: nothing,
        };
      },
      spending: { reserve: () => Promise.resolve({ settle: () => Promise.resolve() }) },
      isKept: () => Promise.resolve(false),
      onRecorded() {},
      delayMs: 0,
      now: () => now,
      setTimer(wake, ms) {
        if (ms === 0) timers.push(wake);
        return () => {};
      },
      log: { info() {}, warn() {} },
    });
    const want = async () => {
      queue.want(wanted);
      timers.splice(0).forEach((wake) => wake());
      await settled();
    };
    await want();
    now = minutes * 60_000 - 1;
    await want();
    assert.equal(opened, 1);
    now++;
    await want();
    assert.equal(opened, 2);
    await queue.close();
  }
});
