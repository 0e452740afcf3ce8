import type { CallbackTarget } from "../api/callbacks.ts";
import type { NumberPlan } from "../networkContext.ts";
import type { TwimlSource } from "../twiml/twimlCall.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** What a simulated call is started with. */
export interface SimulatedCallRequest {
  readonly from: string;
  readonly to: string;
  readonly first: TwimlSource;
  readonly callbacks?: CallbackTarget | undefined;
  /** Only where the app places the call. */
  readonly outbound?: OutboundOptions | undefined;
  readonly timeLimitSeconds?: number | undefined;
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
  readonly callback?: { readonly url: string; readonly method: HttpMethod } | undefined;
}
