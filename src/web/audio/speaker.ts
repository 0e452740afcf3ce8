/// <reference lib="dom" />
import { AudioError, closeAudioContext, createAudioContext, measureLevel } from "./audioContext.ts";
import { chooseOutput } from "./audioOutput.ts";
import type { PlaybackCommand, PlaybackReport, SpeechSamples } from "./playbackMessages.ts";
import { createResampler } from "./resampler.ts";
import { type AudioGraph, type AudioState, openResumingAudio } from "./resumingAudio.ts";
import { durationOf, type Piece, UnheardSpeech } from "./unheardSpeech.ts";

/** Plays the agent's speech and reports what was heard. */
export interface Speaker {
  /** Queues a piece of PCM16 little-endian at 24 kHz; `fromMs` where it does not begin its item. */
  play(itemId: string, pcm: ArrayBuffer, fromMs?: number): void;
  /** Stops at once and drops the queue; a report with the last position follows. */
  clear(): void;
  /** How loud the agent is: 0 for silent, 1 for as it comes. */
  volume: number;
  /** Root mean square of the current output before its volume, 0..1. */
  level(): number;
  /** Tries to resume interrupted sound; to be called within a click. */
  resume(): void;
  /**
   * Changes to the output of this id, or with an empty one to the system's choice. Rejects where that cannot
   * be: the present one is used on.
   */
  use(deviceId: string): Promise<void>;
  close(): void;
}

/** How a speaker begins. */
interface SpeakerOptions {
  readonly volume?: number;
  /** Empty for the system's choice, which is also taken where the device is gone. */
  readonly deviceId?: string;
  /** The folder of the worklets' modules, where that is not this page's server's. */
  readonly worklets?: URL;
}

interface SpeakerEvents {
  onReport(report: PlaybackReport): void;
  onState(state: AudioState): void;
}

/**
 * Opens the loudspeaker and keeps it open; to be called within a click, else browsers keep it silent.
 * What an interrupted player has not rendered is played when sound is back.
 *
 * Throws `AudioError`.
 */
export async function openSpeaker(
  { onReport, onState }: SpeakerEvents,
  { volume = 1, deviceId = "", worklets }: SpeakerOptions = {},
): Promise<Speaker> {
  const unheard = new UnheardSpeech();
  const wanted = { volume, deviceId };
  const sound = await openResumingAudio(async (onNodeFailure) => {
    const player = await buildPlayer(report, onNodeFailure, worklets);
    player.setVolume(wanted.volume);
    if (wanted.deviceId !== "") await chooseOutput(player.context, wanted.deviceId).catch(() => {});
    return player;
  }, {
    onState,
    onRebuilt(player) {
      if (unheard.position !== undefined) {
        player.startAt(unheard.position.itemId, unheard.position.ms);
      }
      for (const piece of unheard.pieces) player.play(piece);
    },
  });
  let reportedItemId = "";

  return {
    play(itemId, pcm, fromMs) {
      const piece = fromMs === undefined ? { itemId, pcm } : { itemId, pcm, fromMs };
      unheard.enqueue(piece);
      sound.graph.play(piece);
      if (sound.state === "running" || reportedItemId === itemId) return;
      // One report per item while interrupted, so that the server knows that playback is stalled.
      reportedItemId = itemId;
      const { position } = unheard;
      onReport({ itemId, ms: position?.itemId === itemId ? position.ms : 0, cleared: false });
    },
    clear() {
      unheard.clear();
      const isRunning = sound.state === "running";
      sound.graph.clear(isRunning);
      if (!isRunning && unheard.position !== undefined) {
        onReport({ ...unheard.position, cleared: true });
      }
    },
    get volume() {
      return wanted.volume;
    },
    set volume(volume) {
      wanted.volume = volume;
      sound.graph.setVolume(volume);
    },
    async use(deviceId) {
      await chooseOutput(sound.graph.context, deviceId);
      wanted.deviceId = deviceId;
    },
    // A suspended analyser keeps returning its last values.
    level: () => sound.state === "running" ? sound.graph.level() : 0,
    resume: sound.resume,
    close: sound.close,
  };

  function report(report: PlaybackReport): void {
    if (report.cleared) unheard.recordCleared(report);
    else unheard.recordPosition(report);
    onReport(report);
  }
}

/**
 * Creates a speaker without sound, for browsers that give the page none: the user reads the agent.
 *
 * Speech counts as heard as soon as it arrives.
 */
export function createSilentSpeaker(onReport: (report: PlaybackReport) => void): Speaker {
  let item = { itemId: "", ms: 0 };
  return {
    play(itemId, pcm, fromMs) {
      const before = fromMs ?? (item.itemId === itemId ? item.ms : 0);
      item = { itemId, ms: before + durationOf(pcm) };
      report(false);
    },
    clear: () => report(true),
    volume: 0,
    level: () => 0,
    resume() {},
    use: () => Promise.resolve(),
    close() {},
  };

  function report(cleared: boolean): void {
    if (item.itemId !== "") onReport({ itemId: item.itemId, ms: Math.ceil(item.ms), cleared });
  }
}

interface Player extends AudioGraph {
  play(piece: Piece): void;
  startAt(itemId: string, ms: number): void;
  clear(withReport: boolean): void;
  setVolume(volume: number): void;
  level(): number;
}

async function buildPlayer(
  onReport: (report: PlaybackReport) => void,
  onNodeFailure: () => void,
  worklets: URL | undefined,
): Promise<Player> {
  const context = await createAudioContext(
    { sampleRate: RATE_HZ, latencyHint: "interactive" },
    "playback.worklet.ts",
    worklets,
  );
  let node: AudioWorkletNode;
  let meter: AnalyserNode;
  let loudness: GainNode;
  try {
    node = new AudioWorkletNode(context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    meter = new AnalyserNode(context, { fftSize: 1024 });
    loudness = new GainNode(context);
    node.connect(meter).connect(loudness).connect(context.destination);
  } catch (cause) {
    closeAudioContext(context);
    throw new AudioError("node", { cause });
  }
  let latency = 0;
  let resample = createResampler(RATE_HZ, context.sampleRate);
  node.onprocessorerror = onNodeFailure;
  node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => {
    onReport(data);
    updateLatency();
  };
  updateLatency();

  return {
    context,
    play({ itemId, pcm, fromMs }) {
      const samples = resample(toFloat(pcm));
      const durationMs = durationOf(pcm);
      const speech: SpeechSamples = fromMs === undefined
        ? { itemId, samples, durationMs }
        : { itemId, samples, durationMs, fromMs };
      post({ type: "play", speech }, [samples.buffer]);
    },
    startAt: (itemId, ms) => post({ type: "startAt", itemId, ms }, []),
    clear(withReport) {
      resample = createResampler(RATE_HZ, context.sampleRate);
      post({ type: "clear", report: withReport }, []);
    },
    // Not at once, which would click.
    setVolume: (volume) =>
      void loudness.gain.setTargetAtTime(volume, context.currentTime, VOLUME_SECONDS),
    level: measureLevel(meter),
    close() {
      node.port.onmessage = null;
      node.onprocessorerror = null;
      closeAudioContext(context);
    },
  };

  function post(command: PlaybackCommand, transfer: Transferable[]): void {
    node.port.postMessage(command, transfer);
  }

  /** The output latency changes when a headset is connected. */
  function updateLatency(): void {
    const seconds = latencyOf(context);
    if (Math.abs(seconds - latency) < LEAST_CHANGE_SECONDS) return;
    latency = seconds;
    post({ type: "latency", seconds }, []);
  }
}

/** In seconds; properties that a browser lacks count as 0. */
function latencyOf({ baseLatency = 0, outputLatency = 0 }: Partial<AudioContext>): number {
  const seconds = baseLatency + outputLatency;
  return seconds >= 0 ? Math.min(seconds, MAX_LATENCY_SECONDS) : 0;
}

const RATE_HZ = 24_000;
const VOLUME_SECONDS = 0.01;
const LEAST_CHANGE_SECONDS = 0.01;
/** No headset is slower: larger values are browser bugs. */
const MAX_LATENCY_SECONDS = 1;

function toFloat(pcm: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Int16Array(pcm), (sample) => sample / 32768);
}
