import { z } from "zod";
import type { CallTap } from "../../call/callTap.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import type { RecordingSettings } from "../../config/settings.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { FaultCode } from "./recordingFault.ts";
import { type Peaks, type PeaksPart, readPeaks } from "./readPeaks.ts";
import { RecordingTap } from "./recordingTap.ts";
import { RecordingThread } from "./recordingThread.ts";
import type { RecordingSize } from "./recordingMessages.ts";
import type { Side } from "./sampleFile.ts";

export interface OpenRecordingsDeps extends Pick<Clock, "setTimer"> {
  readonly settings: { readonly recordings: RecordingSettings };
  readonly agents: Pick<Agents, "names" | "get" | "onChange">;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
}

/** What is on disk of a call that was recorded to its end. */
export interface FinishedRecording {
  readonly callId: string;
  /** Of the WAV file. */
  readonly bytes: number;
  readonly durationMs: number;
}

export type Recordings = ReturnType<typeof openRecordings>;

const size = z.object({
  bytes: z.number(),
  durationMs: z.number(),
  modifiedAt: z.number(),
  samples: z.number(),
  hz: z.number(),
});
const callIds = z.array(z.string());
/** How long the end of the process waits for the disk. */
const CLOSE_MS = 3000;
const INCIDENT = "recording_failed";

/** Opens the recordings of calls: their taps, and what may be done with what they have written. */
export function openRecordings(
  { settings: { recordings: settings }, agents, setTimer, incidents, log }: OpenRecordingsDeps,
) {
  const open = new Map<number, { callId: string; tap: RecordingTap; session: CallSession }>();
  const listeners: ((finished: FinishedRecording) => void)[] = [];
  const goingOn = new Set<number>();
  let taps = 0;
  let fault: FaultCode | undefined;
  let allClosed: (() => void) | undefined;
  const { dir, keys, maxMs, minFreeBytes } = settings;
  const thread = new RecordingThread({ dir, keys, maxMs, minFreeBytes }, {
    onFailed(number, code) {
      const recording = open.get(number);
      forget(number);
      if (recording === undefined) return;
      recording.tap.fail();
      if (code !== "too_long" && code !== "removed") failed(recording.callId, code);
      recording.session.input({ type: "recordingAsked", change: "fail", reason: code });
    },
    onClosed(number, { bytes, durationMs }) {
      const recording = open.get(number);
      const isFinished = !goingOn.has(number);
      forget(number);
      works();
      if (recording === undefined || !isFinished) return;
      for (const listener of listeners) {
        listener({ callId: recording.callId, bytes, durationMs });
      }
    },
  }, setTimer);

  // Its start stalls the process: no call waits for it.
  const makeReady = () => {
    if (!agents.names.some((name) => isRecorded(agents.get(name)))) return;
    thread.ask({ kind: "check" }).then(works, () => failed("", "not_writable"));
  };
  makeReady();
  agents.onChange(makeReady);

  /** Without one, no thread is started to find that nothing is there. */
  async function hasFolder(): Promise<boolean> {
    return await Deno.stat(dir).then(() => true, () => open.size > 0);
  }

  function forget(number: number): void {
    open.delete(number);
    goingOn.delete(number);
    if (open.size === 0) allClosed?.();
  }

  function works(): void {
    if (fault === undefined) return;
    fault = undefined;
    incidents.resolve(INCIDENT, "");
  }

  function failed(callId: string, code: FaultCode): void {
    fault = code;
    log.warn("Recording not written", { callId, code });
    incidents.report({ code: INCIDENT, subject: "", message: SENTENCES[code] });
  }

  return {
    /** The recording of a call, which goes on where an earlier session has left it. */
    openTap(session: CallSession, format: AudioFormat): CallTap {
      const number = ++taps;
      const tap = new RecordingTap(thread, number);
      open.set(number, { callId: session.id, tap, session });
      thread.send({ type: "open", tap: number, callId: session.id, format });
      return {
        caller: (frame, atMs) => tap.caller(frame, atMs),
        agent: (audio, atMs) => tap.agent(audio, atMs),
        change: (change, atMs) => tap.change(change, atMs),
        close(atMs, goesOn) {
          if (goesOn) goingOn.add(number);
          tap.close(atMs);
        },
      };
    },
    /** Whether anything of a call is still being written by this process. */
    isOpen: (callId: string): boolean =>
      [...open.values()].some((recording) => recording.callId === callId),
    /** Of what there is so far. Rejects with a `RecordingFault`, as all that follow. */
    async sizeOf(callId: string): Promise<RecordingSize> {
      return size.parse(await thread.ask({ kind: "size", callId }));
    },
    /** Of the WAV file when it had so many `bytes`, those from `from` to before `to`. */
    async read(
      callId: string,
      { from, to, bytes }: { readonly from: number; readonly to: number; readonly bytes: number },
    ): Promise<Uint8Array<ArrayBuffer>> {
      const part = await thread.ask({ kind: "read", callId, from, to, bytes });
      return part instanceof Uint8Array ? new Uint8Array(part) : new Uint8Array();
    },
    /** Of what there is so far. */
    peaks: (callId: string, part: PeaksPart): Promise<Peaks> =>
      readPeaks((edges) => thread.ask({ kind: "peaks", callId, edges }), part),
    /** One side is silent in a span of the call, whatever was, or is still to be, recorded there. */
    async silence(callId: string, side: Side, fromMs: number, toMs: number): Promise<void> {
      await thread.ask({ kind: "silence", callId, side, fromMs, toMs });
    },
    /** Removes what there is of calls on this disk, and keeps nothing more of them. */
    async remove(callIds: readonly string[]): Promise<void> {
      if (callIds.length === 0 || !await hasFolder()) return;
      await thread.ask({ kind: "remove", callIds });
    },
    /** Removes recordings that were last written to before a time, in milliseconds since 1970; resolves with whose. */
    async removeOld(before: number): Promise<readonly string[]> {
      if (!await hasFolder()) return [];
      const old = callIds.parse(await thread.ask({ kind: "list", before }));
      if (old.length > 0) await thread.ask({ kind: "remove", callIds: old });
      return old;
    },
    /** Removes those of erased calls, also of those erased while this process did not run. */
    async removeErased(
      erasedAmong: (callIds: readonly string[]) => Promise<readonly string[]>,
    ): Promise<void> {
      if (!await hasFolder()) return;
      const all = callIds.parse(await thread.ask({ kind: "list" }));
      const erased = await erasedAmong(all);
      if (erased.length > 0) await thread.ask({ kind: "remove", callIds: erased });
    },
    /** Called when the recording of a call is whole. */
    onFinished: (listener: (finished: FinishedRecording) => void): void =>
      void listeners.push(listener),
    get health() {
      return fault === undefined
        ? { status: "ok", open: open.size } as const
        : { status: "degraded", open: open.size, reason: fault } as const;
    },
    async [Symbol.asyncDispose]() {
      if (open.size > 0) {
        const closed = Promise.withResolvers<void>();
        allClosed = closed.resolve;
        await deadline(closed.promise, CLOSE_MS, setTimer).catch(() => {});
      }
      thread.close();
    },
  };
}

function isRecorded(agent: Agent | undefined): boolean {
  return agent?.recording?.on === true;
}

const SENTENCES: Readonly<Record<FaultCode, string>> = {
  not_found: "Calls are not recorded: the folder of RECORDINGS_DIR is gone.",
  disk_full:
    "Calls are not recorded: the disk of RECORDINGS_DIR has less room than RECORDING_MIN_FREE_MB.",
  not_writable: "Calls are not recorded: nothing can be written to RECORDINGS_DIR.",
  too_long: "A recording has reached RECORDING_MAX_MINUTES.",
  removed: "A recording was removed while its call went on.",
  damaged: "A recording cannot be gone on with: its file is damaged.",
  unknown_key:
    "The recording of a call cannot be gone on with: none of the keys of RECORDING_KEY opens it. Keep the old key behind the new one, with a comma.",
  too_slow: "Calls are not recorded: the disk of RECORDINGS_DIR takes too long.",
  stopped: "Calls are not recorded: the thread that writes them has ended.",
};
