/** One listening to a live call; times are milliseconds since the call began. */
export interface ListeningRecord {
  readonly id: string;
  /** Name of the API key; absent where the server had none. */
  readonly keyName?: string;
  readonly fromMs: number;
  /** Absent while it lasts, and where its process was lost. */
  readonly toMs?: number;
}
