/** What has gone wrong, in a sentence, and what whoever reads it can do. */
export interface Fault {
  /** Absent where the server's own sentence says it, with its figures. */
  readonly text?: string;
  readonly remedy: string;
}
