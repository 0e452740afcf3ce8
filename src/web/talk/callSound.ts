/// <reference lib="dom" />
import { EarLatency } from "../audio/earLatency.ts";
import { type Microphone, type MicrophoneState, openMicrophone } from "../audio/microphone.ts";
import type { PlaybackReport } from "../audio/playbackMessages.ts";
import type { AudioState } from "../audio/resumingAudio.ts";
import { createSilentSpeaker, openSpeaker, type Speaker } from "../audio/speaker.ts";
import { TalkGate } from "../audio/talkGate.ts";

/** The devices of a call and how they are used; empty ids are the system's choice. */
export interface SoundChoice {
  readonly microphone: string;
  readonly speaker: string;
  /** 0..1. */
  readonly volume: number;
  readonly pushToTalk: boolean;
}

/** The state of the devices of a call. */
export interface SoundState {
  readonly speaker: AudioState;
  /** Undefined where the caller only types. */
  readonly microphone: MicrophoneState | undefined;
}

/** How much of an item has reached the ear, and how much of it has come so far. */
export interface HeardSpeech extends Pick<PlaybackReport, "itemId" | "ms"> {
  readonly receivedMs: number;
}

interface CallSoundEvents {
  onFrame(frame: ArrayBuffer): void;
  /** The button of push-to-talk was let go; `spoken` is whether anything was said. */
  onReleased(spoken: boolean): void;
  onReport(report: PlaybackReport): void;
  onSound(sound: SoundState): void;
  /** Another microphone is used, or was connected and could be; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
  onHeard?(heard: HeardSpeech): void;
  /** From the caller's last sound to the item's first sound at the ear, where there is an answer to time. */
  onEarLatency?(itemId: string, ms: number): void;
}

/** The loudspeaker and the microphone of a call. */
export interface CallSound {
  readonly speaker: Speaker;
  /** Undefined where the caller only types. */
  readonly microphone: Microphone | undefined;
  readonly gate: TalkGate;
  readonly ear: EarLatency;
  play(itemId: string, pcm: ArrayBuffer, fromMs?: number): void;
  close(): void;
}

/**
 * Opens the loudspeaker and then the microphone, with the modules of a folder; to be called within a click. Throws `AudioError`,
 * `MicrophoneError` or the reason of the signal, with everything released.
 */
export async function openCallSound(
  choice: SoundChoice,
  hasMicrophone: boolean,
  events: CallSoundEvents,
  signal: AbortSignal,
  worklets: URL,
): Promise<CallSound> {
  let state: SoundState = {
    speaker: "running",
    microphone: hasMicrophone ? { name: "open" } : undefined,
  };
  const update = (change: Partial<SoundState>) => {
    state = { ...state, ...change };
    events.onSound(state);
  };
  const ear = new EarLatency((itemId, ms) => events.onEarLatency?.(itemId, ms));
  const gate = new TalkGate({
    onFrame(frame) {
      ear.captured(frame, performance.now());
      events.onFrame(frame);
    },
    onReleased: events.onReleased,
  });
  gate.isOn = choice.pushToTalk;
  const onReport = (report: PlaybackReport) => {
    ear.heard(report, performance.now());
    const { itemId, ms } = report;
    events.onHeard?.({ itemId, ms, receivedMs: ear.receivedMs(itemId) });
    events.onReport(report);
  };
  // Browsers give neither microphone nor worklets to pages from plain http.
  const speaker = isSecureContext
    ? await openSpeaker({ onReport, onState: (speaker) => update({ speaker }) }, {
      volume: choice.volume,
      deviceId: choice.speaker,
      worklets,
    })
    : createSilentSpeaker(onReport);
  let microphone: Microphone | undefined;
  try {
    signal.throwIfAborted();
    if (hasMicrophone) {
      microphone = await openMicrophone(
        {
          onFrame: (frame) => gate.frame(frame),
          onState: (state) => update({ microphone: state }),
          onDevice: events.onDevice,
        },
        choice.microphone,
        worklets,
      );
      signal.throwIfAborted();
    }
  } catch (cause) {
    close();
    throw cause;
  }
  update({});

  return {
    speaker,
    microphone,
    gate,
    ear,
    play(itemId, pcm, fromMs) {
      ear.received(itemId, pcm, fromMs);
      speaker.play(itemId, pcm, fromMs);
    },
    close,
  };

  function close(): void {
    gate.close();
    microphone?.close();
    speaker.close();
  }
}
