/** The tools of a server's agents. */
export interface KnownTools {
  readonly names: ReadonlySet<unknown>;
  /** Why there may be more of them; absent where these are all. */
  readonly open?: string | undefined;
}

/**
 * Throws a `TypeError` for the first tool that no agent has. Where there may be more tools than are known, returns a
 * sentence without its end instead; undefined where all are there.
 */
export function requireTools(
  { names, open }: KnownTools,
  { answered = [], mentioned }: {
    /** Those that the scenario answers itself. */
    readonly answered?: readonly string[];
    readonly mentioned: readonly string[];
  },
): string | undefined {
  const unanswerable = answered.find((name) => !names.has(name));
  const unknown = unanswerable ?? mentioned.find((name) => !names.has(name));
  if (unknown === undefined) return undefined;
  if (open !== undefined) {
    return `could not check whether an agent has the tool ${unknown}: ${open}`;
  }
  throw new TypeError(
    unanswerable === undefined
      ? `Cannot rehearse with the tool ${unknown}: no agent has it`
      : `Cannot stand in for the tool ${unknown}: no agent has it`,
  );
}
