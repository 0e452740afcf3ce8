import type { LineQuality } from "../networkContext.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** What one inbound call has of its own. */
export interface InboundOptions {
  readonly from?: string;
  readonly to?: string;
  /** What the network makes of the caller's number, such as `TN-Validation-Passed-A`. */
  readonly stirVerstat?: string;
  /** Further fields of the request, such as `CallerName` and `SipHeader_X-Account`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where this call's line is another than the network's. */
  readonly line?: LineQuality;
  /** What answers it, where that is not the app. */
  readonly answerer?: Answerer;
}

/** What is asked about a call that comes in; empty texts where there is none. */
export interface Answerer {
  readonly url: string;
  readonly method: HttpMethod;
  readonly fallbackUrl: string;
  readonly statusUrl: string;
  readonly statusMethod: HttpMethod;
}
