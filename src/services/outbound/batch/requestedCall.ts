import type { TableProblem } from "./batchColumns.ts";

/** Of an item's name in the operator's own system, however it is sent. */
export const MAX_ID_CHARS = 200;

/** One call of a batch, as it is asked for: its place in the list is its index. */
export interface RequestedCall {
  readonly to: string;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** The item's name in the operator's own system: of one name, a key gets one call. */
  readonly id?: string | undefined;
  readonly language?: string | undefined;
  readonly agent?: string | undefined;
  readonly consent?: Consent | undefined;
  /** In the table that it comes from, from 1. */
  readonly line?: number | undefined;
  /** What is wrong with its line in that table: no call can be made of it. */
  readonly problem?: TableProblem | undefined;
}

/** What the person has agreed to, and when, as tables or ISO 8601 write times. */
export interface Consent {
  readonly source: string;
  readonly at: string;
  readonly text?: string | undefined;
}
