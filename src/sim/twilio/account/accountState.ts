/** What an account's console shows and its API tells, apart from calls. */
export interface AccountState {
  /** Calls of a trial made in 2026 or later have no streams: a sentence is spoken in their place. */
  readonly type: "Full" | "Trial";
  /** ISO 8601. */
  readonly createdAt: string;
  /** With test credentials, almost nothing can be asked. */
  readonly credentials: "live" | "test";
  readonly status: "active" | "suspended" | "closed";
  /** In dollars, as the API writes it; undefined for a subaccount, which has none of its own. */
  readonly balance?: string | undefined;
  /** The number of the network always exists; what is said of it here counts. */
  readonly numbers: readonly NumberFields[];
  readonly callerIds: readonly string[];
  /** Countries that may be called, by their ISO codes; all others are closed. */
  readonly countries: readonly string[];
  readonly alerts: readonly AccountAlert[];
  /** How long the debugger keeps back what calls add to them. */
  readonly alertDelayMs: number;
  readonly trunks: readonly { readonly sid: string; readonly name: string }[];
  /** Messaging services, and the numbers in each. */
  readonly services: readonly { readonly sid: string; readonly numbers: readonly string[] }[];
  /** State of the campaign of all services, by which numbers of the United States may send texts; undefined where there is none. */
  readonly campaign?: "VERIFIED" | "PENDING" | "FAILED";
}

/** What can be set of a number, by the names of the API; empty texts where nothing is set. */
export interface NumberFields {
  readonly number: string;
  readonly name?: string;
  readonly voiceUrl?: string;
  readonly voiceMethod?: "GET" | "POST";
  readonly fallbackUrl?: string;
  readonly statusCallback?: string;
  readonly applicationSid?: string;
  readonly trunkSid?: string;
  readonly receiveMode?: "voice" | "fax";
  readonly hasVoice?: boolean;
}

/** An entry of the account's debugger. */
export interface AccountAlert {
  readonly code: number;
  readonly text: string;
  readonly url?: string;
  /** What it is about, such as a call. */
  readonly resourceSid?: string;
  /** How long ago it was. */
  readonly agoMs: number;
}

/** A new account that is paid for: all works, and nothing is set. */
export const fullAccount: AccountState = {
  type: "Full",
  createdAt: "2025-03-01T12:00:00Z",
  credentials: "live",
  status: "active",
  balance: "42.10",
  numbers: [],
  callerIds: [],
  countries: ["US", "CA"],
  alerts: [],
  alertDelayMs: 3000,
  trunks: [],
  services: [],
};

/** Since 2026, trial accounts take `<Stream>` out of TwiML. */
export function stripsStreams({ type, createdAt }: AccountState): boolean {
  return type === "Trial" && Date.parse(createdAt) >= Date.UTC(2026, 0, 1);
}
