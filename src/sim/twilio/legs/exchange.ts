import type { CallFacts } from "../api/callFacts.ts";
import type { SimulatedCallRequest } from "../call/callRequest.ts";
import type { SimulatedCallEnd } from "../call/callEvents.ts";
import type { Conferences } from "../conference/conferences.ts";

/** A call that another one, or a conference, has made. */
export interface PlacedLeg {
  readonly sid: string;
  readonly facts: CallFacts;
  readonly ended: Promise<SimulatedCallEnd>;
  finish(end: SimulatedCallEnd): void;
}

/** Makes calls for calls, and brings them together. */
export interface Exchange {
  readonly conferences: Conferences;
  place(request: SimulatedCallRequest): PlacedLeg;
}
