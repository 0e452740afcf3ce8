/** Answers a webhook that comes again as it was answered before. */
export interface RepeatedWebhooks {
  /** `token` is equal in all attempts of one request; without it each request stands for itself. */
  once(token: string | undefined, subject: string, answer: () => Promise<string>): Promise<string>;
}

/** Twilio gives a request up after 15 s; what is remembered longer is replayed by somebody else. */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 2000;
const MAX_TOKEN_LENGTH = 200;

/** `now` is in monotonic milliseconds. */
export function createRepeatedWebhooks(now: () => number): RepeatedWebhooks {
  // In the order of their time.
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<string> }>();

  return {
    once(token, subject, answer) {
      if (token === undefined || token === "" || token.length > MAX_TOKEN_LENGTH) return answer();
      dropOld();
      const key = `${subject} ${token}`;
      const known = kept.get(key);
      if (known !== undefined) return known.answer;
      const made = answer();
      kept.set(key, { at: now(), answer: made });
      made.catch(() => kept.delete(key));
      return made;
    },
  };

  function dropOld(): void {
    for (const [key, { at }] of kept) {
      if (now() - at < KEPT_MS && kept.size < MAX_KEPT) return;
      kept.delete(key);
    }
  }
}
