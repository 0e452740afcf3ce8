import type { Clock } from "../../utils/clock.ts";

/** Too many queries wait already. */
export class AnalyticsBusy extends Error {
  override readonly name = "AnalyticsBusy";
}

/** A result is kept ten times as long as it took, up to five seconds. */
const KEEP_FACTOR = 10;
const KEEP_AT_MOST_MS = 5000;
const MAX_KEPT = 100;
const MAX_WAITING = 20;

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  /** Monotonic; absent while the query runs. */
  keepUntil?: number;
}

/**
 * Creates the queue of analytics, whose function makes those that ask: one query at a time, of whatever
 * kind, and the same one not again within ten times as long as it took, up to five seconds. They reject
 * with `AnalyticsBusy` where too many wait.
 */
export function createAnalyticsQueue(
  { monotonic = () => performance.now() }: { readonly monotonic?: () => number } = {},
) {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  return function queued<Question extends object, Answer>(
    find: (question: Question) => Promise<Answer>,
  ): (question: Question) => Promise<Answer> {
    const kept = new Map<string, Kept<Answer>>();

    return function ask(question) {
      const key = JSON.stringify(Object.entries(question).sort());
      dropOld(kept, monotonic);
      const known = kept.get(key);
      if (known !== undefined) return known.answer;
      if (waiting >= MAX_WAITING) {
        return Promise.reject(new AnalyticsBusy("Cannot sum up calls: too many wait for sums"));
      }
      waiting++;
      let beganAt = 0;
      const answer = last.then(() => {
        beganAt = monotonic();
        return find(question);
      }).finally(() => waiting--);
      last = answer.catch(() => {});
      const entry: Kept<Answer> = { answer };
      kept.set(key, entry);
      answer.then(() => {
        const at = monotonic();
        entry.keepUntil = at + Math.min(KEEP_AT_MOST_MS, KEEP_FACTOR * (at - beganAt));
      }, () => kept.delete(key));
      return answer;
    };
  };
}

function dropOld(kept: Map<string, Kept<unknown>>, monotonic: () => number): void {
  for (const [key, { keepUntil }] of kept) {
    if (keepUntil === undefined) continue;
    if (monotonic() > keepUntil || kept.size > MAX_KEPT) kept.delete(key);
  }
}

const DEFAULT_PERIOD_MS = 30 * 24 * 60 * 60_000;

/** Has `find` take calls of the 30 days before `until`, or before now, where no beginning is asked for. */
export function ofLastDays<
  Question extends { readonly since?: number; readonly until?: number },
  Answer,
>(
  find: (question: Question) => Promise<Answer>,
  { now }: Pick<Clock, "now">,
): (question: Question) => Promise<Answer> {
  return (question) => {
    const { since = (question.until ?? now()) - DEFAULT_PERIOD_MS } = question;
    return find({ ...question, since });
  };
}
