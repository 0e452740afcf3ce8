/** A file of code that is to be tried. */
export interface TrialRequest {
  readonly path: string;
  /** How long its top level may take. */
  readonly limitMs: number;
}

/**
 * What came of it. `loads` also where it throws: that is found out again, with its line, where it is
 * loaded. `stuck`: as `never_ends`, in a thread that nothing can end. `unavailable`: there are no threads.
 */
export type TrialResult =
  | "loads"
  | "never_ends"
  | "exits"
  | "memory"
  | "not_tried"
  | "stuck"
  | "unavailable";

export interface ThreadRequest extends TrialRequest {
  /** Whether it is tried also where there is an `await` at its top level: then nothing can end a loop. */
  readonly mayAwait: boolean;
}

/** What the thread tells; after `awaits` its result is still to come. */
export type ThreadReport = "ready" | "awaits" | Exclude<TrialResult, "stuck" | "unavailable">;
