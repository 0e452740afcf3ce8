/// <reference lib="dom" />
import { delay } from "../delay.ts";
import { frameLevel } from "./frameLevel.ts";
import { judgeLoudness, type LoudnessVerdict } from "./loudness.ts";
import { openMicrophone } from "./microphone.ts";
import { openSpeaker } from "./speaker.ts";

interface EchoTestEvents {
  onStage(stage: "recording" | "playing"): void;
  /** Of the microphone, while it records: root mean square, 0..1. */
  onLevel(level: number): void;
}

interface EchoTestDevices {
  readonly microphone: string;
  readonly speaker: string;
  readonly volume: number;
}

/** How long is recorded. */
const ECHO_TEST_MS = 3000;

/**
 * Records three seconds with the devices of a call, plays them back, and says how loud they were. To be
 * called within a click. Throws `MicrophoneError`, `AudioError` or the reason of the signal, with everything
 * released.
 */
export async function runEchoTest(
  devices: EchoTestDevices,
  { onStage, onLevel }: EchoTestEvents,
  signal: AbortSignal,
): Promise<LoudnessVerdict> {
  const frames: ArrayBuffer[] = [];
  const played = new AbortController();
  const totalMs = () => frames.length * FRAME_MS;
  const speaker = await openSpeaker({
    onReport: ({ ms }) => ms >= totalMs() && played.abort(),
    onState() {},
  }, { volume: devices.volume, deviceId: devices.speaker });
  try {
    const recorded = new AbortController();
    const microphone = await openMicrophone({
      onFrame(frame) {
        if (recorded.signal.aborted) return;
        frames.push(frame);
        onLevel(frameLevel(frame));
        if (totalMs() >= ECHO_TEST_MS) recorded.abort();
      },
      onState() {},
      onDevice() {},
    }, devices.microphone);
    try {
      signal.throwIfAborted();
      onStage("recording");
      // A microphone that delivers nothing at all is silent, too.
      await delay(2 * ECHO_TEST_MS, AbortSignal.any([signal, recorded.signal]));
    } finally {
      microphone.close();
    }
    signal.throwIfAborted();
    const verdict = judgeLoudness(frames);
    if (verdict === "silent") return verdict;
    onStage("playing");
    for (const frame of frames) speaker.play("echo", frame);
    await delay(2 * totalMs(), AbortSignal.any([signal, played.signal]));
    signal.throwIfAborted();
    return verdict;
  } finally {
    speaker.close();
  }
}

const FRAME_MS = 20;
