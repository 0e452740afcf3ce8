/// <reference lib="dom" />
import { AudioError, closeAudioContext, createAudioContext, measureLevel } from "./audioContext.ts";
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
  /** Root mean square of the current output, 0..1. */
  level(): number;
  /** Tries to resume interrupted sound; to be called within a click. */
  resume(): void;
  close(): void;
}

export interface SpeakerEvents {
  onReport(report: PlaybackReport): void;
  onState(state: AudioState): void;
}

/**
 * Opens the loudspeaker and keeps it open; to be called within a click, else browsers keep it silent.
 * What an interrupted player has not rendered is played when sound is back.
 *
 * Throws `AudioError`.
 */
export async function openSpeaker({ onReport, onState }: SpeakerEvents): Promise<Speaker> {
  const unheard = new UnheardSpeech();
  const sound = await openResumingAudio((onNodeFailure) => buildPlayer(report, onNodeFailure), {
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
    level: () => 0,
    resume() {},
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
  level(): number;
}

async function buildPlayer(
  onReport: (report: PlaybackReport) => void,
  onNodeFailure: () => void,
): Promise<Player> {
  const context = await createAudioContext(
    { sampleRate: RATE_HZ, latencyHint: "interactive" },
    "/assets/audio/playback.worklet.ts",
  );
  let node: AudioWorkletNode;
  let meter: AnalyserNode;
  try {
    node = new AudioWorkletNode(context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    meter = new AnalyserNode(context, { fftSize: 1024 });
    node.connect(meter).connect(context.destination);
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
const LEAST_CHANGE_SECONDS = 0.01;
/** No headset is slower: larger values are browser bugs. */
const MAX_LATENCY_SECONDS = 1;

function toFloat(pcm: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Int16Array(pcm), (sample) => sample / 32768);
}
