import type { Recordings } from "../recording.ts";
import type { CallRecord, CallStore, RecordingRecord } from "../store.ts";
import type { Log } from "../../utils/logger.ts";
import type { Recorder } from "./recorder.ts";

export type RecordedListener = (call: CallRecord, recording: RecordingRecord) => Promise<void>;

/** `now` is in milliseconds since 1970. */
export interface FollowRecordingsDeps {
  readonly recordings: Pick<Recordings, "onFinished">;
  readonly recorder: Pick<Recorder, "recordFile" | "flush">;
  readonly callStore: Pick<CallStore, "get" | "content">;
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

/** Has the records say what became of recordings, and tells of those that are whole. */
export function followRecordings(
  { recordings, recorder, callStore, now, log }: FollowRecordingsDeps,
) {
  const listeners: RecordedListener[] = [];
  const working = new Set<Promise<void>>();

  recordings.onFinished(({ callId, bytes, durationMs }) => {
    recorder.recordFile(callId, { type: "recordingFinished", bytes, durationMs, at: now() });
    const work = tell(callId)
      .catch((error) => log.warn("Finished recording not told of", { callId, error }))
      .finally(() => working.delete(work));
    working.add(work);
  });

  async function tell(callId: string): Promise<void> {
    if (listeners.length === 0) return;
    await recorder.flush();
    const call = await callStore.get(callId);
    const { recording } = await callStore.content(callId);
    if (call === undefined || recording === undefined) return;
    for (const listener of listeners) await listener(call, recording);
  }

  return {
    onRecorded: (listener: RecordedListener): void => void listeners.push(listener),
    async settled(): Promise<void> {
      await Promise.all(working);
    },
  };
}
