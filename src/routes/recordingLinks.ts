import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Caller } from "./middleware/access.ts";

/** So long a player may ask for more of the sound; then it takes another link. */
const LIFE_MS = 10 * 60_000;

export type RecordingLinks = ReturnType<typeof createRecordingLinks>;

/**
 * Signs links by which a player of the browser's own hears one recording, without the API key that it cannot
 * send. `secret` is that of all processes; `now` is in milliseconds since 1970.
 */
export function createRecordingLinks({ secret, isRevoked, now }: {
  readonly secret: () => Promise<string>;
  /** Whether a key has been revoked, a session ended, or either has expired, since. */
  readonly isRevoked: (holder: string) => boolean;
  readonly now: () => number;
}) {
  let known: Promise<string> | undefined;

  return {
    async issue(
      callId: string,
      { holder = "", expiresAt = Infinity }: Pick<Caller, "holder" | "expiresAt">,
    ): Promise<{ readonly link: string; readonly expiresAt: number }> {
      const until = Math.floor(Math.min(now() + LIFE_MS, expiresAt));
      const claims = `${until}.${holder}`;
      return { link: `${claims}.${await sign(callId, claims)}`, expiresAt: until };
    },
    /** Whether a link is one to this call, and still valid. */
    async accepts(callId: string, link: string): Promise<boolean> {
      const [, claims = "", until = "", holder = "", signature = ""] = LINK.exec(link) ?? [];
      if (claims === "" || Number(until) <= now()) return false;
      const expected = Buffer.from(await sign(callId, claims));
      const isSigned = timingSafeEqual(expected, Buffer.from(signature));
      return isSigned && (holder === "" || !isRevoked(holder));
    },
  };

  async function sign(callId: string, claims: string): Promise<string> {
    known ??= secret().catch((error) => {
      known = undefined;
      throw error;
    });
    return createHmac("sha256", await known).update(`${callId}.${claims}`).digest("hex");
  }
}

const LINK = /^((\d{1,16})\.(~?[A-Za-z0-9_-]{0,200}))\.([0-9a-f]{64})$/;
