/** `pending` waits or is being made; `skipped` needed no model or got none; `failed` was given up. */
export const analysisStates = ["pending", "done", "skipped", "failed"] as const;
export type AnalysisState = (typeof analysisStates)[number];

export const criterionResults = ["pass", "fail", "unknown"] as const;
export type CriterionResult = (typeof criterionResults)[number];

export type FieldValue = string | number | boolean;

/** The line of the conversation that says so; `atMs` counts from the beginning of the call. */
export interface Citation {
  /** Absent where the line is a tool's. */
  readonly turnId?: string;
  readonly atMs?: number;
}

/** What a model made of one call. */
export interface AnalysisResult {
  /** Null where none is asked for, or none that can be used was given. */
  readonly summary: string | null;
  /** Null for what was not said. */
  readonly fields: Readonly<Record<string, Citation & { readonly value: FieldValue | null }>>;
  readonly success: Readonly<
    Record<string, Citation & { readonly result: CriterionResult; readonly reason: string }>
  >;
  /** False for a criterion that failed or a required field without a value; null where that is not known. */
  readonly passed: boolean | null;
}

/** The analysis of one call; a run that does not succeed leaves the result of the one before. */
export interface CallAnalysis {
  readonly callId: string;
  readonly state: AnalysisState;
  /** One snake_case word: why it was skipped or failed, or what went wrong last while it is pending. */
  readonly reason?: string;
  /** Counts from 1; each request to analyse a call again begins another. */
  readonly run: number;
  readonly result?: AnalysisResult;
  readonly model?: string;
  /** When the last run was over, in milliseconds since 1970. */
  readonly finishedAt?: number;
}

/** One attempt, which counts as long as no later one has begun. */
export interface AnalysisClaim {
  readonly callId: string;
  readonly run: number;
  /** The present one included. */
  readonly attempts: number;
}

/** What an attempt used, its repairs included. */
export interface AnalysisSpent {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where the model's price is not known. */
  readonly usd: number | null;
}

/** How a run ends. */
export type AnalysisEnd =
  | {
    readonly state: "done";
    readonly result: AnalysisResult;
    /** Names of the fields whose values are few, so that they can be counted. */
    readonly counted: ReadonlySet<string>;
  }
  | { readonly state: "skipped" | "failed"; readonly reason: string };
