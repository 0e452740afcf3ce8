import { isLoud } from "../media/loudness.ts";
import { playVerb } from "./playVerb.ts";
import type { VerbOf } from "./twiml.ts";
import type { TwimlCall } from "./twimlCall.ts";

/** What a person answered to a `<Gather>`; both are empty where nothing came in time. */
export interface Gathered {
  readonly digits: string;
  readonly speech: string;
}

/**
 * Plays the prompts and waits for keys or words, whichever come first; either breaks off the prompts. The recognizer
 * understands what was given to `SimulatedCall.speak()` as text.
 */
export async function gatherAnswer(
  call: TwimlCall,
  verb: VerbOf<"gather">,
  baseUrl: string,
): Promise<Gathered> {
  const began = new AbortController();
  const prompts = playPrompts(call, verb, baseUrl, began.signal);
  let timeLeftMs = Infinity;
  prompts.then(() => timeLeftMs = verb.timeoutSeconds * 1_000, () => {});
  const mouth = verb.input.speech ? call.audio.open() : undefined;
  let digits = "";
  let speech = "";
  let quietMs = 0;
  call.words();
  try {
    while (verb.numDigits === undefined || digits.length < verb.numDigits) {
      const digit = await call.digit(FRAME_MS);
      const frame = mouth?.nextFrame();
      timeLeftMs -= FRAME_MS;
      quietMs = frame !== undefined && isLoud(frame) ? 0 : quietMs + FRAME_MS;
      if (verb.input.speech) speech = `${speech} ${call.words()}`.trim();
      if (quietMs === 0 || speech !== "") began.abort();
      if (verb.input.dtmf && digit !== undefined) {
        began.abort();
        if (digit === verb.finishOnKey) break;
        digits += digit;
        timeLeftMs = verb.timeoutSeconds * 1_000;
      }
      const isTalking = mouth !== undefined && quietMs < verb.speechTimeoutMs;
      if (speech !== "" && !isTalking) break;
      if (timeLeftMs <= 0 && (quietMs > 0 || mouth === undefined)) break;
    }
  } finally {
    began.abort();
    mouth?.close();
    await prompts;
  }
  return { digits, speech: digits === "" ? speech : "" };
}

const FRAME_MS = 20;

async function playPrompts(
  call: TwimlCall,
  { prompts }: VerbOf<"gather">,
  baseUrl: string,
  began: AbortSignal,
): Promise<void> {
  try {
    for (const prompt of prompts) {
      if (began.aborted) return;
      await playVerb(call, prompt, baseUrl, began);
    }
  } catch (error) {
    if (!began.aborted && !call.signal.aborted) throw error;
  }
}
