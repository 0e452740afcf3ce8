import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { newToken } from "../../utils/ids.ts";
import { present } from "../../utils/present.ts";

/** What a sign-in has to know of its browser at its end. */
export interface BrowserState {
  /** Where in the page to go on. */
  readonly to: string;
  /** The id of the session that the browser had: its cookie is not sent when it comes back from another site. */
  readonly earlier?: string;
}

/** What the parameter `state` stands for: a sign-in that was begun, and has not come back yet. */
export interface PendingSignIn extends BrowserState {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** So long somebody may take at the provider. */
export const PENDING_MS = 10 * 60_000;

/**
 * Keeps sign-ins that are under way in their own `state`, so that any process can go on with one: it is signed,
 * and bound to a secret that the browser holds; nonce and verifier are derived from it. `secret` is that of
 * all processes, `now` in milliseconds since 1970.
 */
export function createPendingSignIns({ secret, now }: {
  readonly secret: () => Promise<string>;
  readonly now: () => number;
}) {
  let known: Promise<string> | undefined;

  return {
    async begin(browser: string, { to, earlier }: BrowserState): Promise<PendingSignIn> {
      const until = Math.round(now() + PENDING_MS).toString(36);
      const place = Buffer.from(to).toString("base64url");
      const once = newToken().slice(0, 22);
      const claims = [until, once, place, ...(earlier === undefined ? [] : [earlier])].join(".");
      const state = `${claims}.${await sign("state", claims, browser)}`;
      return await pendingOf(state, browser, { to, ...present({ earlier }) });
    },
    /** Undefined for one that is not of this browser, forged or too old. */
    async read(state: string, browser: string): Promise<PendingSignIn | undefined> {
      const { claims = "", until = "", place = "", earlier, signature = "" } =
        STATE.exec(state)?.groups ?? {};
      if (claims === "" || !(Number.parseInt(until, 36) > now())) return undefined;
      const expected = Buffer.from(await sign("state", claims, browser));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(expected, given)) return undefined;
      const to = Buffer.from(place, "base64url").toString();
      return await pendingOf(state, browser, { to, ...present({ earlier }) });
    },
  };

  async function pendingOf(
    state: string,
    browser: string,
    known: BrowserState,
  ): Promise<PendingSignIn> {
    const [nonce, verifier] = await Promise.all([
      sign("nonce", state, browser),
      sign("verifier", state, browser),
    ]);
    return { ...known, state, nonce, verifier };
  }

  async function sign(purpose: string, text: string, browser: string): Promise<string> {
    known ??= secret().catch((error) => {
      known = undefined;
      throw error;
    });
    return createHmac("sha256", await known).update(`${purpose} ${browser} ${text}`)
      .digest("base64url");
  }
}

const STATE =
  /^(?<claims>(?<until>[0-9a-z]{1,12})\.[\w-]{22}\.(?<place>[\w-]{0,1400})(?:\.(?<earlier>session_[0-9a-z]{26}))?)\.(?<signature>[\w-]{43})$/;
