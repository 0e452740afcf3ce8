import type { Recordings } from "../recording.ts";
import type { CallContent, CallRecord, CallStore, RecordingRecord } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { createPollLoop, type PollLoop } from "../../utils/pollLoop.ts";
import type { Log } from "../../utils/logger.ts";
import type { Recorder } from "./recorder.ts";

export type RecordedListener = (
  call: CallRecord,
  recording: RecordingRecord,
  redactedSpans: CallContent["redactedSpans"],
) => Promise<void>;

/** `now` is in milliseconds since 1970. */
export interface FollowRecordingsDeps extends Clock {
  readonly recordings: Pick<Recordings, "onFinished" | "isOpen" | "sizeOf">;
  readonly recorder: Pick<Recorder, "recordFile" | "flush">;
  readonly callStore: Pick<CallStore, "get" | "content" | "untoldRecordings">;
  readonly log: Pick<Log, "warn">;
}

/** How often recordings are looked for that nobody has told of, and how long the process of the call may take. */
const POLL_MS = 10 * 60_000;
const GRACE_MS = 60_000;
const MAX_FOUND = 1000;

/**
 * Has the records say what became of recordings, and tells of those that are whole, at least once each: also
 * of those whose process died, failed to tell, or could not go on with them.
 */
export function followRecordings(
  { recordings, recorder, callStore, now, setTimer, log }: FollowRecordingsDeps,
) {
  const listeners: RecordedListener[] = [];
  const working = new Map<string, Promise<void>>();
  let poll: PollLoop | undefined;
  let closed = false;

  recordings.onFinished(({ callId, bytes, durationMs }) =>
    follow(callId, () => finish(callId, { bytes, durationMs }))
  );

  function follow(callId: string, work: () => Promise<void>): void {
    if (working.has(callId)) return;
    const done = work()
      .catch((error) => log.warn("Finished recording not told of", { callId, error }))
      .finally(() => working.delete(callId));
    working.set(callId, done);
  }

  async function finish(
    callId: string,
    file: { readonly bytes: number; readonly durationMs: number },
  ): Promise<void> {
    recorder.recordFile(callId, { type: "recordingFinished", ...file });
    await recorder.flush();
    const call = await callStore.get(callId);
    const { recording, redactedSpans } = await callStore.content(callId);
    if (call === undefined || recording === undefined || recording.removedAt !== undefined) return;
    for (const listener of listeners) {
      await listener(call, { finishedAt: now(), ...recording }, redactedSpans);
    }
    recorder.recordFile(callId, { type: "recordingTold", at: now() });
  }

  /** Of a call that is over; does nothing where its recording goes on, was told of, or is on another disk. */
  async function finishLeft(callId: string): Promise<void> {
    const { recording } = await callStore.content(callId);
    const isLeft = recording !== undefined && recording.state !== "refused" &&
      recording.finishedAt === undefined && recording.removedAt === undefined;
    if (!isLeft || recordings.isOpen(callId)) return;
    const file = await recordings.sizeOf(callId).catch(() => undefined);
    if (file !== undefined) await finish(callId, file);
  }

  async function findLeft(): Promise<number> {
    try {
      for (const callId of await callStore.untoldRecordings(now() - GRACE_MS, MAX_FOUND)) {
        if (closed) break;
        follow(callId, () => finishLeft(callId));
        await working.get(callId);
      }
    } catch (error) {
      log.warn("Recordings not looked for", { error });
    }
    return POLL_MS;
  }

  return {
    onRecorded: (listener: RecordedListener): void => void listeners.push(listener),
    /** A call is over, whose recording may have been left by a process that died. */
    ended: (callId: string): void => follow(callId, () => finishLeft(callId)),
    /** Looks for recordings that were left, when all listeners are known. */
    start(): void {
      poll ??= createPollLoop(findLeft, setTimer);
    },
    async settled(): Promise<void> {
      closed = true;
      await poll?.close();
      await Promise.all(working.values());
    },
  };
}
