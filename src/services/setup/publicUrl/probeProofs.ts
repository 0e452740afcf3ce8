import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../utils/clock.ts";
import { newToken } from "../../../utils/ids.ts";
import type { Store } from "../../store.ts";

/** What a process asks at the public address to learn who answers there. */
export interface ProbeQuestion {
  /** Made for one request; holds the time. */
  readonly nonce: string;
  /** Shows that a process of this database asks: strangers get no proofs. */
  readonly pass: string;
}

/** How long a question may take to arrive. */
const FRESH_MS = 60_000;
const SECRET_NAME = "public_url_probe_secret";

export type ProbeProofs = ReturnType<typeof createProbeProofs>;

/**
 * Creates the questions by which processes of one database recognise each other at the public address, and their
 * answers: HMACs with a secret of that database, so that no other server can answer, and a page that repeats what
 * it is asked proves nothing. Nothing here rejects. `now` is that of the database.
 */
export function createProbeProofs({ keyValues, instanceId, now }: {
  readonly keyValues: Pick<Store["keyValues"], "getOrSet">;
  readonly instanceId: string;
  readonly now: Clock["now"];
}) {
  /** While the database is away, a process at least recognises itself. */
  const own = newToken();
  let known: string | undefined;

  return {
    async ask(): Promise<ProbeQuestion> {
      const nonce = `${Math.trunc(now())}.${newToken()}`;
      return { nonce, pass: hashOf(await secret(), "ask", nonce) };
    },
    /** This process's answer; undefined for a question of others, or an old one. */
    async prove({ nonce, pass }: ProbeQuestion): Promise<string | undefined> {
      const askedAt = Number(/^(\d{1,15})\.[\w-]{43}$/.exec(nonce)?.[1] ?? NaN);
      if (!(Math.abs(now() - askedAt) <= FRESH_MS)) return undefined;
      if (!isEqual(pass, hashOf(await secret(), "ask", nonce))) return undefined;
      return hashOf(await secret(), instanceId, nonce);
    },
    /** Which of these processes gave an answer. */
    async answererOf(
      { nonce }: ProbeQuestion,
      proof: string,
      instanceIds: readonly string[],
    ): Promise<string | undefined> {
      const key = await secret();
      return instanceIds.find((id) => isEqual(proof, hashOf(key, id, nonce)));
    },
  };

  async function secret(): Promise<string> {
    if (known !== undefined) return known;
    try {
      return known = await keyValues.getOrSet(SECRET_NAME, own);
    } catch {
      return own;
    }
  }
}

function hashOf(secret: string, subject: string, nonce: string): string {
  return createHmac("sha256", secret).update(`${subject} ${nonce}`).digest("base64url");
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [new TextEncoder().encode(given), new TextEncoder().encode(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
