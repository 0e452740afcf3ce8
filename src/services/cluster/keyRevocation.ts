import { z } from "zod";
import type { ApiKey } from "../../utils/auth.ts";
import type { InstanceBus } from "./bus.ts";
import type { RevokedKeys } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { Log } from "../../utils/logger.ts";

export interface KeyRevocationOptions extends Clock {
  readonly keys: RevokedKeys;
  /** The keys of the settings. */
  readonly apiKeys: readonly ApiKey[];
  readonly bus: Pick<InstanceBus, "publish" | "subscribe" | "onGap">;
  readonly log: Pick<Log, "warn">;
}

/** After so long a revocation by another process is known, even if its message is lost. */
const REFRESH_MS = 10_000;
const TOPIC = "key_revoked";
const message = z.object({ digest: z.string() });

/** Which API keys have been revoked, answered from memory. */
export type KeyRevocation = Awaited<ReturnType<typeof openKeyRevocation>>;

/** Reads the revoked keys from the store, now and from time to time. */
export async function openKeyRevocation(
  { keys, apiKeys, bus, now, setTimer, log }: KeyRevocationOptions,
) {
  const revoked = new Set<string>();
  const listeners: ((key: ApiKey) => void)[] = [];
  const unsubscribe = [
    bus.subscribe(TOPIC, (body) => markRevoked(message.safeParse(body).data?.digest)),
    bus.onGap(() => void refresh()),
  ];
  await read();
  const refreshing = createPollLoop(refresh, setTimer, REFRESH_MS);

  async function read(): Promise<void> {
    for (const { digest } of await keys.list()) markRevoked(digest);
  }

  async function refresh(): Promise<number> {
    await read().catch((error) => log.warn("Revoked keys not read", { error }));
    return REFRESH_MS;
  }

  function markRevoked(digest: string | undefined): void {
    if (digest === undefined || revoked.has(digest)) return;
    revoked.add(digest);
    const key = apiKeys.find((key) => key.digest.toHex() === digest);
    if (key !== undefined) { for (const listener of listeners) listener(key); }
  }

  function isRevoked({ digest }: ApiKey): boolean {
    return revoked.has(digest.toHex());
  }

  return {
    isRevoked,
    /** Whether the key of this name in the settings is revoked. */
    isNameRevoked: (name: string): boolean =>
      apiKeys.some((key) => key.name === name && isRevoked(key)),
    /** Takes effect at once in this process, and a moment later in all others. */
    async revoke({ name, digest: bytes }: ApiKey): Promise<void> {
      const digest = bytes.toHex();
      // Also where the store then fails.
      markRevoked(digest);
      const published = bus.publish(TOPIC, { digest })
        .catch((error) => log.warn("Key revocation not published", { error }));
      await keys.insert({ name, digest, revokedAt: now() });
      await published;
    },
    /** Called with each revoked key of the settings, also with those revoked already. */
    onRevoked(listener: (key: ApiKey) => void): void {
      listeners.push(listener);
      for (const key of apiKeys) if (isRevoked(key)) listener(key);
    },
    async close(): Promise<void> {
      for (const stop of unsubscribe) stop();
      await refreshing.close();
    },
  };
}
