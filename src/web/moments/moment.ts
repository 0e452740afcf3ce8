/** Something that happened in a call besides what was said: a line of its timeline. */
export interface Moment {
  /** The same whether it comes from an event or from the record. */
  readonly id: string;
  /** Since the call began. */
  readonly atMs: number;
  readonly text: string;
}
