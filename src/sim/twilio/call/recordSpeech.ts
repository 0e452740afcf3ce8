import type { SpeechQueue } from "../media/speechQueue.ts";
import type { Keypad } from "../media/keypad.ts";

/** What a `<Record>` has of the caller. */
export interface RecordedSpeech {
  /** To the last sound; 0 where there was none. */
  readonly spokenMs: number;
  /** The key that ended it, or `hangup`. */
  readonly digits?: string;
}

const FRAME_MS = 20;

/**
 * Records what the caller says until a key, a silence or the longest time ends it. Resolves also where the
 * caller hangs up meanwhile.
 */
export async function recordSpeech(
  { speech, keypad }: { readonly speech: SpeechQueue; readonly keypad: Keypad },
  { maxMs, silenceMs, finishOnKey }: {
    readonly maxMs: number;
    readonly silenceMs: number;
    readonly finishOnKey: string;
  },
  signal: AbortSignal,
): Promise<RecordedSpeech> {
  let spokenMs = 0;
  try {
    for (let atMs = FRAME_MS; atMs <= maxMs && atMs - spokenMs <= silenceMs; atMs += FRAME_MS) {
      if (speech.isSpeaking) {
        speech.nextFrame();
        spokenMs = atMs;
      }
      const key = await keypad.read(FRAME_MS, signal);
      if (key !== undefined && finishOnKey.includes(key)) return { spokenMs, digits: key };
    }
    return { spokenMs };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { spokenMs, digits: "hangup" };
  }
}
