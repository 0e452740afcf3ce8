import type { Context } from "@hono/hono";
import type { ServerSettings } from "../config/settings.ts";
import { isPersonName } from "../config/signInRoles.ts";
import type { KeyRevocation } from "../services/cluster.ts";
import type { AuditLog } from "../services/records.ts";
import type { SignIn } from "../services/signIn.ts";
import { createAuthenticator, hasExpired } from "../utils/auth.ts";
import type { Log } from "../utils/logger.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { createAccess, createKeyCheck } from "./middleware/access.ts";
import { createGuessGuard } from "./middleware/guessGuard.ts";
import { createSessionCallers, holderOf, isSession } from "./middleware/sessionCaller.ts";

export interface CallersDeps {
  readonly server: ServerSettings;
  readonly revocation: Pick<KeyRevocation, "isRevoked" | "isNameRevoked" | "onRevoked">;
  /** Absent where nobody can sign in. */
  readonly signIn: SignIn | undefined;
  readonly audit: Pick<AuditLog, "note">;
  readonly addressOf: (c: Context<RouteEnv>) => string;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

/** Creates what tells who makes a request, by key or by sign-in, and whether that is over. */
export function createCallers(
  { server, revocation, signIn, audit, addressOf, now, log }: CallersDeps,
) {
  const { apiKeys, publicUrl: publicOrigin, trustProxy } = server;
  const guesses = createGuessGuard({ addressOf, trustProxy, now, log });
  const isKeyed = apiKeys.length > 0 || signIn !== undefined;
  const checkKey = !isKeyed ? undefined : createKeyCheck({
    authenticate: createAuthenticator(apiKeys),
    isRevoked: revocation.isRevoked,
  });
  const sessions = signIn && createSessionCallers({ signIn, publicOrigin });
  const access = createAccess({ ...server, guesses, checkKey, sessions, audit, publicOrigin, now });

  return {
    access,
    checkKey,
    guesses,
    sessions,
    isOver,
    /** What is open by a key or session has to end with it. */
    revocation: {
      onRevoked(listener: (holder: { readonly name: string }) => void): void {
        revocation.onRevoked(listener);
        signIn?.sessions.onEnded(({ id }) => listener({ name: holderOf(id) }));
      },
      isOver,
    },
  };

  /** Whether a key or session is valid no more, or a person is signed in nowhere; by the name of either. */
  function isOver(name: string): boolean {
    if (isSession(name)) return signIn?.sessions.isOver(name.slice(1)) ?? true;
    if (isPersonName(name)) return signIn?.sessions.isAway(name) ?? true;
    return revocation.isNameRevoked(name) ||
      apiKeys.some((key) => key.name === name && hasExpired(key, Date.now()));
  }
}
