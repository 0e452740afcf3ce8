/** How the next request fails that creates a call, or changes one. */
export type ApiFault =
  | {
    readonly kind: "rateLimited";
    readonly retryAfterSeconds: number;
    readonly delayMs?: number;
  }
  | { readonly kind: "refused"; readonly code: number; readonly message: string }
  /** No answer ever comes; the call may have been placed, or changed, all the same. */
  | { readonly kind: "silent"; readonly placed: boolean }
  | { readonly kind: "unavailable" }
  /** A change is accepted, and never carried out. */
  | { readonly kind: "forgotten" }
  | { readonly kind: "slow"; readonly delayMs: number };

/** A request that changed a call, or was to. */
export interface ApiUpdate {
  readonly callSid: string;
  /** The TwiML, or `completed` or `canceled`; empty for a URL. */
  readonly change: string;
}

/** A request about a conference or its participants that was to change something. */
export interface ApiRequest {
  readonly method: string;
  /** What follows the account, such as `Conferences/x/Participants.json`. */
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}
