/** Whose use is counted: a call counts for all that it concerns. */
export type BudgetScope =
  | "server"
  | "inbound"
  | "key"
  | "outbound"
  | "web"
  | "caller"
  | "visitor"
  | "number";

/** What one account may use; absent means without limit. */
export interface BudgetLimits {
  /** Calls within any 60 seconds. */
  readonly perMinute?: number;
  readonly concurrent?: number;
  readonly dailyCalls?: number;
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
}

export type BudgetLimit = keyof BudgetLimits;

export interface BudgetAccount {
  readonly scope: BudgetScope;
  /** Whose: the name of a key, the pseudonym of a number or address, or empty. */
  readonly subject: string;
  readonly limits: BudgetLimits;
}

/** What a call may come to, set aside before it begins or goes on. */
export interface BudgetRequest {
  readonly callId: string;
  readonly accounts: readonly BudgetAccount[];
  /** From its beginning. */
  readonly minutes: number;
  readonly usd: number;
  /** Near a limit so much is enough; without them it is all or nothing. */
  readonly leastMinutes?: number;
  readonly leastUsd?: number;
  /** After so long, a call of which nothing was heard any more counts as over. */
  readonly holdMs: number;
}

export interface BudgetRefusal {
  readonly ok: false;
  readonly scope: BudgetScope;
  readonly limit: BudgetLimit;
  readonly retryAfterMs: number;
}

/** What is set aside for the call from now on, in all. */
export type BudgetDecision =
  | { readonly ok: true; readonly minutes: number; readonly usd: number }
  | BudgetRefusal;

/** What is set aside for a call under way, and why it is not all that was asked for. */
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
  readonly minutesToday: number;
  readonly usdToday: number;
}

/** What a call has come to. `leastUsd`: nobody knows all of its cost. */
export interface BudgetActual {
  readonly minutes: number;
  readonly usd: number;
  readonly leastUsd?: boolean;
}

/** Sets money and minutes aside before they are used, so that no race can exceed a limit. */
export interface Budget {
  /** Decides and sets aside in one step, for all processes together. */
  reserve(request: BudgetRequest, now: number): Promise<BudgetDecision>;
  /** Sets more aside for a call under way; one of which nothing is known is taken in. */
  extend(request: BudgetRequest, now: number): Promise<BudgetExtension>;
  /** Puts what a call really came to in place of what was set aside. The first one counts. */
  settle(callId: string, actual: BudgetActual): Promise<void>;
  /** For a call that was not placed: nothing of it counts. */
  release(callId: string): Promise<void>;
  used(account: Pick<BudgetAccount, "scope" | "subject">, now: number): Promise<BudgetUse>;
}
