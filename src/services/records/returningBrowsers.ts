import { type CallRecord, RESUME_PURPOSE, type SingleUseTokens } from "../store.ts";

/** As long as a browser tries to come back to its call, and a moment more. */
const BROWSER_RETURNS_MS = 35_000;

/** Abandoned calls whose browsers may come back; `now` is in milliseconds since 1970. */
export function createReturningBrowsers({ tokens, now }: {
  readonly tokens: Pick<SingleUseTokens, "has">;
  readonly now: () => number;
}) {
  /** When they were first found without a process, by id. */
  let foundAt = new Map<string, number>();

  return {
    /** Takes note of all calls that are abandoned now. */
    async note(abandoned: readonly CallRecord[]): Promise<void> {
      const before = foundAt;
      foundAt = new Map();
      for (const { id, direction } of abandoned) {
        if (direction !== "web" || !await tokens.has(RESUME_PURPOSE, id, now())) continue;
        foundAt.set(id, before.get(id) ?? performance.now());
      }
    },
    mayReturn({ id }: CallRecord): boolean {
      const since = foundAt.get(id);
      return since !== undefined && performance.now() - since < BROWSER_RETURNS_MS;
    },
  };
}
