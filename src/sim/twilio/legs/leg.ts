import type { PhoneEventDetail, SimulatedCallEnd } from "../call/callEvents.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** What somebody says: frames of 20 ms of mu-law, taken at the pace of the clock. */
export interface Mouth {
  /** The next frame; silence where nothing is said. */
  nextFrame(): Uint8Array;
  close(): void;
}

/** The audio of one call at the network's side. */
export interface LegAudio {
  /** What the person says from now on; one at a time. */
  open(): Mouth;
  /** Plays audio to the person, from that moment of the network's clock on. */
  hear(audio: Uint8Array, atMs: number): void;
  /** Takes back what would be heard after that moment. */
  cut(atMs: number): void;
}

/** A call as bridges and conferences see it. */
export interface Leg {
  readonly sid: string;
  /** Aborts when the call is over, or when other TwiML takes its place. */
  readonly signal: AbortSignal;
  /** Whether the call has ended. */
  readonly isOver: boolean;
  readonly audio: LegAudio;
  /** The person's next key; undefined when none comes in time. Rejects when `until` aborts. */
  digit(withinMs: number, until?: AbortSignal): Promise<string | undefined>;
  emit(event: PhoneEventDetail): void;
  report(code: number, message: string): void;
}

/** What a call joins once it is answered and its first TwiML has run out; resolves with its end. */
export type Joins = (leg: Leg) => Promise<SimulatedCallEnd>;

/** A callback of a leg: absolute URL, and method. */
export interface Callback {
  readonly url: string;
  readonly method: HttpMethod;
}
