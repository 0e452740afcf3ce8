import { z } from "zod";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId, newToken } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";
import { sha256 } from "../../utils/sha256.ts";
import type { InstanceBus } from "../cluster.ts";
import type { SignIn, SignInStore } from "../store.ts";

/** `now` is in milliseconds since 1970. */
export interface SessionsDeps extends Clock {
  readonly signIns: SignInStore;
  readonly bus: Pick<InstanceBus, "publish" | "subscribe" | "onGap">;
  readonly sessionMs: number;
  /** Sessions of all people, which are all in memory: a further one ends the one that ends soonest. */
  readonly most?: number;
  readonly log: Pick<Log, "warn">;
}

/** Sessions of one person; a further one ends the oldest. */
const MAX_PER_PERSON = 10;
const MOST = 10_000;
/** Processes that begin sessions at once leave some more in the store until the next one begins. */
const READ_BEYOND = 1000;
/** After so long what another process did is known, even if its message is lost. */
const REFRESH_MS = 5000;
/** Look-ups in the store of secrets that this process does not know, which anybody can send. */
const LOOKUPS = { capacity: 200, refillPerSecond: 50 };
/** For so long an unknown secret is not looked up again. */
const UNKNOWN_MS = 5000;
const TOPIC = "sign_in";
const message = z.object({ ended: z.string().optional() });

/** Who is signed in, at all processes: answered from memory, for as long as the store is away too. */
export type Sessions = Awaited<ReturnType<typeof openSessions>>;

/** Reads the sessions from the store, now and from time to time. */
export async function openSessions(
  { signIns, bus, sessionMs, most = MOST, now, setTimer, log }: SessionsDeps,
) {
  let known = new Map<string, SignIn>();
  const lookups = createRateLimiter(LOOKUPS);
  const unknown = new BoundedMap<string, number>(MOST);
  const ended = new BoundedMap<string, true>(MOST);
  const listeners: ((session: SignIn) => void)[] = [];
  const unsubscribe = [
    bus.subscribe(TOPIC, (body) => {
      const digest = message.safeParse(body).data?.ended;
      if (digest === undefined) refreshing.wake();
      else forget(digest);
    }),
    bus.onGap(() => refreshing.wake()),
  ];
  await read();
  const refreshing = createPollLoop(refresh, setTimer, REFRESH_MS);

  async function read(): Promise<void> {
    const before = new Set(known.keys());
    const found = await signIns.list(now(), most + READ_BEYOND);
    const next = new Map(
      found.flatMap((session) =>
        ended.has(session.digest) ? [] : [[session.digest, session] as const]
      ),
    );
    // One that has become known since then may not be among them.
    for (const [digest, session] of known) {
      if (!before.has(digest) && !ended.has(digest)) next.set(digest, session);
    }
    const gone = [...known.values()].filter(({ digest }) => !next.has(digest));
    known = next;
    for (const session of gone) tell(session);
  }

  async function refresh(): Promise<number> {
    await read().catch((error) => log.warn("Sessions not read", { error }));
    return REFRESH_MS;
  }

  function forget(digest: string): void {
    ended.set(digest, true);
    const session = known.get(digest);
    known.delete(digest);
    if (session !== undefined) tell(session);
  }

  function tell(session: SignIn): void {
    for (const listener of listeners) listener(session);
  }

  function isValid({ expiresAt }: SignIn): boolean {
    return expiresAt > now();
  }

  async function end(session: SignIn): Promise<void> {
    // Also where the store then fails.
    forget(session.digest);
    await publish({ ended: session.digest });
    await signIns.remove(session.digest);
  }

  async function publish(body: z.infer<typeof message>): Promise<void> {
    await bus.publish(TOPIC, body).catch((error) => log.warn("Session not published", { error }));
  }

  return {
    /** Begins a session; resolves with it and the secret for the browser. Rejects where the store fails. */
    async begin(
      person: Pick<SignIn, "person" | "email" | "groups">,
    ): Promise<{ readonly session: SignIn; readonly secret: string }> {
      const secret = newToken();
      const beganAt = Math.round(now());
      const session: SignIn = {
        ...person,
        digest: sha256(secret).toHex(),
        id: newId("session", beganAt),
        beganAt,
        expiresAt: beganAt + sessionMs,
      };
      await signIns.add(session, { ofPerson: MAX_PER_PERSON, ofAll: most });
      known.set(session.digest, session);
      await publish({});
      refreshing.wake();
      return { session, secret };
    },
    /** The session of a secret, which another process may have begun; undefined where it is over. */
    async find(secret: string): Promise<SignIn | undefined> {
      const digest = sha256(secret).toHex();
      const session = known.get(digest);
      if (session !== undefined) return isValid(session) ? session : undefined;
      const at = now();
      if (ended.has(digest) || (unknown.get(digest) ?? -Infinity) + UNKNOWN_MS > at) {
        return undefined;
      }
      // One that another process has begun is read soon, too.
      if (!lookups.consume("", at).allowed) return undefined;
      const found = await signIns.find(digest, at);
      if (found === undefined || ended.has(digest)) {
        unknown.set(digest, at);
        return undefined;
      }
      known.set(digest, found);
      return found;
    },
    /** Those that are not over, the newest first. */
    list(): readonly SignIn[] {
      return [...known.values()].filter(isValid).sort((a, b) => b.beganAt - a.beganAt);
    },
    /** Takes effect at once in this process, and a moment later in all others. Rejects where the store fails. */
    end,
    /** Whether no session has this id. */
    isOver: (id: string): boolean => !known.values().some((one) => one.id === id && isValid(one)),
    /** Whether the person is signed in nowhere. */
    isAway: (person: string): boolean =>
      !known.values().some((one) => one.person === person && isValid(one)),
    /** Called with each session that was ended before its time. */
    onEnded: (listener: (session: SignIn) => void): void => void listeners.push(listener),
    async close(): Promise<void> {
      for (const stop of unsubscribe) stop();
      await refreshing.close();
    },
  };
}
