import type { ModelSink, ResponsePurpose } from "../../call/realtimeClient.ts";
import {
  type AudioFormat,
  type Base64,
  bytesPerMs,
  decodeBase64,
  encodeBase64,
} from "../../utils/audio/audioFormat.ts";
import { sameWords } from "./sameWords.ts";

export interface CaptureOptions {
  /** The words that are to be spoken. */
  readonly text: string;
  readonly format: AudioFormat;
  /** What the response is asked for with. */
  readonly purpose: ResponsePurpose;
  /** Called once for each response that was spoken in full: with its audio, or none for other words. */
  readonly onSpoken: (audio: Base64 | undefined) => void;
}

/** A sentence is never this long. */
const MAX_MS = 60_000;
/** Faster than any voice: shorter audio lacks a part of the text, whatever the transcript says. */
const LEAST_MS_PER_CHARACTER = 15;

/** Passes on what a model says, and listens for a response in which it speaks a sentence word for word. */
export function captureSpeech(sink: ModelSink, options: CaptureOptions): ModelSink {
  const { format, purpose, onSpoken } = options;
  let taken: Taken | undefined;
  return {
    onInput(input) {
      sink.onInput(input);
      switch (input.type) {
        case "responseStarted":
          if (input.purpose !== purpose || input.aside) return;
          taken = { responseId: input.responseId, itemId: undefined, text: "", audio: [], ms: 0 };
          return;
        case "speechText":
          if (input.ref.responseId !== taken?.responseId) return;
          if (input.ref.itemId !== (taken.itemId ??= input.ref.itemId)) taken = undefined;
          else if (taken.text.length <= 2 * options.text.length) taken.text += input.text;
          return;
        case "responseDone": {
          if (input.responseId !== taken?.responseId) return;
          const whole = input.status === "completed" ? taken : undefined;
          taken = undefined;
          if (whole !== undefined) onSpoken(audioOf(whole, options.text));
          return;
        }
        case "modelLost":
          taken = undefined;
      }
    },
    onSpeech(ref, audio) {
      sink.onSpeech(ref, audio);
      if (ref.responseId !== taken?.responseId) return;
      taken.ms += audio.length * 0.75 / bytesPerMs(format);
      // A response of two items is not the sentence: each holds a part of it at most.
      const isOther = ref.itemId !== (taken.itemId ??= ref.itemId);
      if (isOther || taken.ms > MAX_MS) taken = undefined;
      else taken.audio.push(audio);
    },
    inUse: () => sink.inUse(),
  };
}

interface Taken {
  readonly responseId: string;
  itemId: string | undefined;
  text: string;
  readonly audio: Base64[];
  ms: number;
}

function audioOf({ text, audio, ms }: Taken, wanted: string): Base64 | undefined {
  if (!sameWords(text, wanted) || ms < wanted.length * LEAST_MS_PER_CHARACTER) return undefined;
  // Each piece is padded by itself.
  const pieces = audio.map(decodeBase64);
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return encodeBase64(whole);
}
