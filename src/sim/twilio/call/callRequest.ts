import type { CallbackTarget } from "../api/callbacks.ts";
import type { LineQuality, NumberPlan } from "../networkContext.ts";
import type { Joins } from "../legs/leg.ts";
import type { TwimlSource } from "../twiml/twimlSource.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** What a simulated call is started with. */
export interface SimulatedCallRequest {
  readonly from: string;
  readonly to: string;
  /** May be left out only where the call joins something. */
  readonly first?: TwimlSource | undefined;
  /** The call that dials this one. */
  readonly parentSid?: string | undefined;
  /** What follows once the first TwiML has run out: without it, the end of the call. */
  readonly joins?: Joins | undefined;
  readonly callbacks?: CallbackTarget | undefined;
  /** Only where the app places the call. */
  readonly outbound?: OutboundOptions | undefined;
  readonly timeLimitSeconds?: number | undefined;
  /** Where this call's line is another than the network's. */
  readonly line?: LineQuality | undefined;
}

/** How a call that the app places is dialled. */
export interface OutboundOptions {
  readonly plan: NumberPlan;
  /** How long it waits for its turn. */
  readonly queueMs: number;
  readonly timeoutSeconds: number;
  readonly sendDigits?: string | undefined;
  readonly detection?: Detection | undefined;
}

/** Answering-machine detection: before the first TwiML, or beside it with a callback. */
export interface Detection {
  readonly mode: "Enable" | "DetectMessageEnd";
  readonly timeoutMs?: number | undefined;
  readonly speechThresholdMs?: number | undefined;
  readonly speechEndThresholdMs?: number | undefined;
  readonly silenceTimeoutMs?: number | undefined;
  readonly callback?: { readonly url: string; readonly method: HttpMethod } | undefined;
}
