import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { SimulatedCall } from "../../sim/twilio/phoneNetwork.ts";
import type { PhoneEvent } from "../../sim/twilio/call/callEvents.ts";
import type { EarPiece } from "../ear/spokenItem.ts";

/** The far end of a call, a phone or a browser, through which a caller hears and speaks. */
export interface CallerEnd {
  /** Of what is heard; what is said is mu-law. */
  readonly format: AudioFormat;
  /** How long ago the answer was; it stops at the end. */
  readonly talkMs: number;
  /** Settles when the call is over and all of it closed. */
  readonly settled: Promise<void>;
  /** Calls back when the agent begins to speak and falls silent, and at the end; the answer stops it. */
  watch(listener: (event: PhoneEvent) => void): () => void;
  heard(): readonly EarPiece[];
  /** The same, with what is queued and will be played unless it is cut. */
  heardAndQueued(): readonly EarPiece[];
  /** What the server was sent, in frames of 20 ms. */
  said(): readonly EarPiece[];
  /** Says mu-law, after what is being said; resolves when it is said. */
  speak(audio: Uint8Array): Promise<void>;
  sendDigits(digits: string): Promise<void>;
  /** Absent on a phone. */
  type?(text: string): void;
  hangUp(): void;
}

/** The end of a simulated phone. */
export function phoneEnd(call: SimulatedCall): CallerEnd {
  return {
    format: "pcmu",
    get talkMs() {
      return call.talkMs;
    },
    settled: call.settled,
    watch: (listener) => call.watch(listener),
    heard: () => call.heard(),
    heardAndQueued: () => call.heardAndQueued(),
    said: () => call.said(),
    speak: (audio) => call.speak(audio),
    sendDigits: (digits) => call.sendDigits(digits),
    hangUp: () => call.hangUp(),
  };
}
