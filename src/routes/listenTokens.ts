import { z } from "zod";
import type { SingleUseTokens } from "../services/store.ts";
import { newToken } from "../utils/ids.ts";
import { present } from "../utils/present.ts";

const PURPOSE = "listen";
const LIFE_MS = 60_000;

const grant = z.object({
  callId: z.string(),
  keyName: z.string().optional(),
  /** See `Caller.holder`. */
  holder: z.string().optional(),
  /** Of the key, in milliseconds since 1970. */
  expiresAt: z.number().optional(),
});

/** Who may listen to which call, once. */
export type ListenGrant = z.infer<typeof grant>;

/** Creates the tokens that open a call's listening socket, at any process. `now` is in milliseconds since 1970. */
export function createListenTokens({ tokens, isRevoked, now }: {
  readonly tokens: Pick<SingleUseTokens, "issue" | "claim">;
  readonly isRevoked: (holder: string) => boolean;
  readonly now: () => number;
}) {
  return {
    async issue(given: ListenGrant): Promise<{ readonly token: string; readonly expiresAt: Date }> {
      const token = newToken();
      const untilMs = now() + LIFE_MS;
      // The store keeps one token per subject.
      const subject = JSON.stringify({ ...given, id: crypto.randomUUID() });
      await tokens.issue(token, { purpose: PURPOSE, subject, untilMs });
      return { token, expiresAt: new Date(untilMs) };
    },
    /** Uses it up; undefined for one that is unknown, used or expired, or whose key is not valid any more. */
    async claim(token: string): Promise<ListenGrant | undefined> {
      const subject = await tokens.claim(token, PURPOSE, now());
      if (subject === undefined) return undefined;
      const { callId, ...rest } = grant.parse(JSON.parse(subject));
      if (rest.holder !== undefined && isRevoked(rest.holder)) return undefined;
      return { callId, ...present(rest) };
    },
  };
}
