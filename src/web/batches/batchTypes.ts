/** A batch of calls as the API lists it; times are ISO 8601, null where a value is not known. */
export interface BatchSummary {
  readonly batchId: string;
  readonly name: string | null;
  readonly key: string | null;
  readonly agent: string | null;
  readonly state: "scheduled" | "running" | "paused" | "cancelled" | "done";
  readonly pauseReason: "operator" | "failures" | "spend" | null;
  readonly createdAt: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly doneAt: string | null;
  readonly total: number;
  readonly progress: Readonly<
    Record<
      "pending" | "placing" | "placed" | "ended" | "refused" | "cancelled" | "expired",
      number
    >
  >;
}

export interface BatchList {
  readonly batches: readonly BatchSummary[];
  readonly nextCursor: string | null;
}

/** The bounds of a batch that the page knows. */
export interface BatchPlan {
  readonly hours?: Readonly<Record<string, string>>;
  readonly perMinute?: number;
  readonly atOnce?: number;
  readonly stop?: { readonly usd?: number };
}

export interface BatchDetail extends BatchSummary {
  readonly plan: BatchPlan;
  readonly outcomes: readonly {
    readonly state: string;
    readonly detail: string;
    readonly items: number;
  }[];
  readonly calls: number;
  readonly minutes: number;
  readonly usd: number;
  readonly unpriced: number;
  readonly callsPerMinute: number;
  readonly estimatedEnd: string | null;
  readonly events: readonly {
    readonly type: string;
    readonly at: string;
    readonly reason: string | null;
  }[];
}

export interface BatchResult {
  readonly index: number;
  readonly line: number | null;
  readonly id: string | null;
  readonly to: string;
  readonly state: string;
  readonly detail: string | null;
  readonly error: string | null;
  readonly dueAt: string | null;
  readonly outcome: string | null;
  readonly attempts: number;
  readonly lastCallAt: string | null;
  readonly durationSeconds: number | null;
  readonly usd: number | null;
  readonly callIds: readonly string[];
}

export interface BatchResults {
  readonly results: readonly BatchResult[];
  readonly next: number | null;
}

export interface PreviewedCall {
  readonly index: number;
  readonly line?: number;
  readonly column?: string;
  readonly to: string;
  readonly state: "accepted" | "waits" | "refused";
  readonly error?: string;
  readonly notBefore?: string;
  readonly country?: string;
  /** What the agent says has these variables, and nothing gives them. */
  readonly missingVariables?: readonly string[];
}

export interface BatchPreview {
  readonly accepted: number;
  readonly refused: number;
  readonly missingVariables?: readonly string[];
  readonly calls: readonly PreviewedCall[];
  readonly columns?: readonly { readonly heading: string; readonly role: string }[];
  readonly estimate: {
    readonly minutes: number;
    readonly usd: number;
    readonly basis: "history" | "assumed";
  };
  readonly room: number;
}
