import { z } from "zod";
import type { ApiKey } from "../../utils/auth.ts";
import type { InstanceBus } from "./bus.ts";
import type { RevokedKeys } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Which API keys have been revoked, known without asking the store. */
export interface KeyRevocation {
  isRevoked(key: ApiKey): boolean;
  /** The same of the key of this name that the settings have now. */
  isNameRevoked(name: string): boolean;
  /** From now on for this process, and a moment later for all others. */
  revoke(key: ApiKey): Promise<void>;
  /** Hears of each revoked key of the settings, also of those that are so already. */
  onRevoked(hear: (key: ApiKey) => void): void;
  close(): void;
}

export interface KeyRevocationOptions {
  readonly keys: RevokedKeys;
  /** Those of the settings. */
  readonly apiKeys: readonly ApiKey[];
  readonly bus: Pick<InstanceBus, "publish" | "subscribe" | "onGap">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  /** What another process has revoked is known after so long, if its message is lost. */
  readonly refreshMs?: number;
}

const TOPIC = "key_revoked";
const message = z.object({ digest: z.string() });

/** Reads what has been revoked, and goes on doing so. */
export async function openKeyRevocation(
  { keys, apiKeys, bus, now, setTimer, log, refreshMs = 10_000 }: KeyRevocationOptions,
): Promise<KeyRevocation> {
  const revoked = new Set<string>();
  const listeners: ((key: ApiKey) => void)[] = [];
  let closed = false;
  const unsubscribe = [
    bus.subscribe(TOPIC, (body) => learn(message.safeParse(body).data?.digest)),
    bus.onGap(() => readOrWarn()),
  ];
  await read();
  let cancel = setTimer(refresh, refreshMs);

  async function read(): Promise<void> {
    for (const { digest } of await keys.list()) learn(digest);
  }

  function readOrWarn(): Promise<void> {
    return read().catch((error) => log.warn("Revoked keys not read", { error }));
  }

  function refresh(): void {
    readOrWarn().finally(() => {
      if (!closed) cancel = setTimer(refresh, refreshMs);
    });
  }

  function learn(digest: string | undefined): void {
    if (digest === undefined || revoked.has(digest)) return;
    revoked.add(digest);
    const key = apiKeys.find((key) => key.digest.toHex() === digest);
    if (key !== undefined) { for (const hear of listeners) hear(key); }
  }

  function isRevoked({ digest }: ApiKey): boolean {
    return revoked.has(digest.toHex());
  }

  return {
    isRevoked,
    isNameRevoked: (name) => apiKeys.some((key) => key.name === name && isRevoked(key)),
    async revoke({ name, digest: bytes }) {
      const digest = bytes.toHex();
      // From now on, even if it cannot be written down.
      learn(digest);
      const told = bus.publish(TOPIC, { digest })
        .catch((error) => log.warn("Revoked key not told to other instances", { error }));
      await keys.add({ name, digest, revokedAt: now() });
      await told;
    },
    onRevoked(hear) {
      listeners.push(hear);
      for (const key of apiKeys) if (isRevoked(key)) hear(key);
    },
    close() {
      closed = true;
      for (const stop of unsubscribe) stop();
      cancel();
    },
  };
}
