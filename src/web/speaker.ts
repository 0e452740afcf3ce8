/// <reference lib="dom" />
import { closeContext, createContext, SpeakerError, StepFailed } from "./audioFault.ts";
import type { PlaybackOrder, PlaybackReport, SpeechSamples } from "./playback.ts";
import { createResampler } from "./resampler.ts";
import { type Graph, type Sounding, sustain } from "./audioResume.ts";
import { createUnheardSpeech, durationOf, type Piece } from "./unheardSpeech.ts";

export interface Speaker {
  /** PCM16 little-endian at 24 kHz. */
  play(itemId: string, pcm: ArrayBuffer): void;
  /** Stops at once; a report with the last position follows. */
  clear(): void;
  /** Root mean square of what is sounding now, 0..1. */
  level(): number;
  /** Tries to get interrupted sound back; best from a click. */
  revive(): void;
  close(): void;
}

export interface SpeakerEvents {
  onReport(report: PlaybackReport): void;
  onState(state: Sounding): void;
}

/**
 * Opens the loudspeaker and keeps it open; to be called from a click, else the browser keeps it
 * silent. What an interrupted player has not rendered is played when sound is back.
 *
 * Throws `SpeakerError`.
 */
export async function openSpeaker({ onReport, onState }: SpeakerEvents): Promise<Speaker> {
  const unheard = createUnheardSpeech();
  const sound = await sustain((fail) => buildPlayer(report, fail), {
    onState,
    onRebuilt(player) {
      if (unheard.position !== undefined) {
        player.begin(unheard.position.itemId, unheard.position.ms);
      }
      for (const piece of unheard.pieces) player.play(piece);
    },
  });
  let toldItemId = "";

  return {
    play(itemId, pcm) {
      const piece = { itemId, pcm };
      unheard.add(piece);
      sound.graph.play(piece);
      if (sound.state === "running" || toldItemId === itemId) return;
      // The server is to know that it waits for a player that stands still.
      toldItemId = itemId;
      const { position } = unheard;
      onReport({ itemId, ms: position?.itemId === itemId ? position.ms : 0, cleared: false });
    },
    clear() {
      unheard.clear();
      const runs = sound.state === "running";
      sound.graph.clear(runs);
      if (!runs && unheard.position !== undefined) {
        onReport({ ...unheard.position, cleared: true });
      }
    },
    // A meter that stands still shows what was before.
    level: () => sound.state === "running" ? sound.graph.level() : 0,
    revive: sound.revive,
    close: sound.close,
  };

  function report(report: PlaybackReport): void {
    if (report.cleared) unheard.silenced(report);
    else unheard.rendered(report);
    onReport(report);
  }
}

interface Player extends Graph {
  play(piece: Piece): void;
  begin(itemId: string, ms: number): void;
  clear(answered: boolean): void;
  level(): number;
}

async function buildPlayer(
  onReport: (report: PlaybackReport) => void,
  fail: () => void,
): Promise<Player> {
  const context = await createContext(
    { sampleRate: RATE_HZ, latencyHint: "interactive" },
    "/assets/playback.worklet.ts",
  ).catch((cause) => {
    throw new SpeakerError(cause instanceof StepFailed ? cause.fault : "context", { cause });
  });
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
    closeContext(context);
    throw new SpeakerError("node", { cause });
  }
  const wave = new Float32Array(meter.fftSize);
  let latency = 0;
  let resample = createResampler(RATE_HZ, context.sampleRate);
  node.onprocessorerror = fail;
  node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => {
    onReport(data);
    followLatency();
  };
  followLatency();

  return {
    context,
    play({ itemId, pcm }) {
      const samples = resample(toFloat(pcm));
      const speech: SpeechSamples = { itemId, samples, durationMs: durationOf(pcm) };
      order({ type: "play", speech }, [samples.buffer]);
    },
    begin: (itemId, ms) => order({ type: "begin", itemId, ms }, []),
    clear(answered) {
      resample = createResampler(RATE_HZ, context.sampleRate);
      order({ type: "clear", answered }, []);
    },
    level() {
      meter.getFloatTimeDomainData(wave);
      return rootMeanSquare(wave);
    },
    close() {
      node.port.onmessage = null;
      node.onprocessorerror = null;
      closeContext(context);
    },
  };

  function order(order: PlaybackOrder, transfer: Transferable[]): void {
    node.port.postMessage(order, transfer);
  }

  /** A headset that is put on in the middle of a call changes it. */
  function followLatency(): void {
    const seconds = latencyOf(context);
    if (Math.abs(seconds - latency) < LEAST_CHANGE_SECONDS) return;
    latency = seconds;
    order({ type: "latency", seconds }, []);
  }
}

/** What a browser does not tell counts as nothing. */
function latencyOf({ baseLatency = 0, outputLatency = 0 }: Partial<AudioContext>): number {
  const seconds = baseLatency + outputLatency;
  return seconds >= 0 ? Math.min(seconds, MAX_LATENCY_SECONDS) : 0;
}

export function rootMeanSquare(wave: Float32Array): number {
  let sum = 0;
  for (const sample of wave) sum += sample * sample;
  return Math.sqrt(sum / wave.length);
}

const RATE_HZ = 24_000;
const LEAST_CHANGE_SECONDS = 0.01;
/** No headset is slower; a larger number is a mistake of the browser's. */
const MAX_LATENCY_SECONDS = 1;

function toFloat(pcm: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Int16Array(pcm), (sample) => sample / 32768);
}
