/** Kinds of accounts; a call counts for every account that it concerns. */
export type BudgetScope =
  | "server"
  | "inbound"
  | "key"
  | "outbound"
  | "web"
  | "caller"
  | "visitor"
  /** A public key, and one visitor of its pages. */
  | "public_key"
  | "public_visitor"
  | "number"
  | "sms"
  | "sms_number"
  | "analysis"
  /** People who are called by transfers: of one call, and of all. */
  | "transfers_of_call"
  | "transfers";

/** The limits of one account; absent means unlimited. */
export interface BudgetLimits {
  /** Calls within any 60 seconds. */
  readonly perMinute?: number;
  readonly concurrent?: number;
  readonly dailyCalls?: number;
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
}

export type BudgetLimit = keyof BudgetLimits;

/** One counter of what calls use, such as that of a key or of the whole server. */
export interface BudgetAccount {
  readonly scope: BudgetScope;
  /** The name of a key, the pseudonym of a number or address, or empty. */
  readonly subject: string;
  readonly limits: BudgetLimits;
  /** Where its days are not those of UTC: how much earlier they begin. */
  readonly dayOffsetMs?: number;
}

/** A reservation for a call, made before it begins or continues. */
export interface BudgetRequest {
  readonly callId: string;
  readonly accounts: readonly BudgetAccount[];
  /** In all, from the beginning of the call. */
  readonly minutes: number;
  readonly usd: number;
  /** The least to accept near a limit; without them, all or nothing. */
  readonly leastMinutes?: number;
  readonly leastUsd?: number;
  /** After so long without an extension, the call counts as over. */
  readonly holdMs: number;
}

/** The first limit that a request would exceed. */
export interface BudgetRefusal {
  readonly ok: false;
  readonly scope: BudgetScope;
  readonly limit: BudgetLimit;
  readonly retryAfterMs: number;
  /** What the limit allows, as far as it is known. */
  readonly most?: number;
  /** When it allows something again, in milliseconds since 1970. */
  readonly againAt?: number;
  /** Whether it is a limit of the call's agent, and not of the server. */
  readonly isAgents?: boolean;
  /** Of a daily limit of minutes. */
  readonly minutes?: BudgetMinutes;
}

/** Where a day's minutes are. */
export interface BudgetMinutes {
  readonly used: number;
  /** By calls under way: what they do not use is free again when they end. */
  readonly reserved: number;
  readonly limit: number;
}

/** What is reserved for the call, in all. */
export type BudgetDecision =
  | { readonly ok: true; readonly minutes: number; readonly usd: number }
  | BudgetRefusal;

/** What is reserved for a live call, and why it is less than requested. */
export interface BudgetExtension {
  readonly minutes: number;
  readonly usd: number;
  readonly refusal?: BudgetRefusal;
}

/** What an account has used; days are those of UTC. */
export interface BudgetUse {
  readonly callsLastMinute: number;
  readonly concurrent: number;
  readonly callsToday: number;
  /** Used or reserved. */
  readonly minutesToday: number;
  /** Of these, what calls under way have reserved. */
  readonly minutesReserved: number;
  readonly usdToday: number;
}

/** What a call used. `leastUsd`: its whole cost is not known, and may be more. */
export interface BudgetActual {
  readonly minutes: number;
  readonly usd: number;
  readonly leastUsd?: boolean;
}

/** What a call used that has no reservation, and when it began. */
export interface BudgetRecord extends BudgetActual {
  readonly accounts: readonly BudgetAccount[];
  readonly startedAt: number;
  /** More will be used: it is settled later. */
  readonly isOpen: boolean;
}
