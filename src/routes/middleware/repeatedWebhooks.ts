/** Twilio gives up after 15 s; kept longer, so that a replay by an attacker has no effect. */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 2000;
const MAX_TOKEN_LENGTH = 200;

/** Gives a repeated webhook the answer that its first attempt got. `now` is in monotonic milliseconds. */
export function createRepeatedWebhooks(now: () => number) {
  // Ordered by time.
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<string> }>();

  return {
    /** `token` is equal in all attempts of one request; without it every request is answered anew. */
    once(
      token: string | undefined,
      subject: string,
      answer: () => Promise<string>,
    ): Promise<string> {
      if (token === undefined || token === "" || token.length > MAX_TOKEN_LENGTH) return answer();
      removeOld();
      const key = `${subject} ${token}`;
      const known = kept.get(key);
      if (known !== undefined) return known.answer;
      const made = answer();
      kept.set(key, { at: now(), answer: made });
      made.catch(() => kept.delete(key));
      return made;
    },
  };

  function removeOld(): void {
    for (const [key, { at }] of kept) {
      if (now() - at < KEPT_MS && kept.size < MAX_KEPT) return;
      kept.delete(key);
    }
  }
}
