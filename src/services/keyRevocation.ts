import type { ApiKey } from "../utils/auth.ts";
import type { RevokedKeys } from "./store/revokedKeys.ts";

/** Which API keys have been revoked, known without asking the store. */
export interface KeyRevocation {
  isRevoked(key: ApiKey): boolean;
  revoke(key: ApiKey): Promise<void>;
  close(): void;
}

export interface KeyRevocationOptions {
  readonly keys: RevokedKeys;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly log: {
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  /** What another process has revoked is known after so long. */
  readonly refreshMs?: number;
}

/** Reads what has been revoked, and goes on doing so. */
export async function openKeyRevocation(
  { keys, now, setTimer, log, refreshMs = 10_000 }: KeyRevocationOptions,
): Promise<KeyRevocation> {
  const revoked = new Set<string>();
  let closed = false;
  await read();
  let cancel = setTimer(refresh, refreshMs);

  async function read(): Promise<void> {
    for (const { digest } of await keys.list()) revoked.add(digest);
  }

  function refresh(): void {
    read().catch((error) => log.warn("Revoked keys not read", { error })).finally(() => {
      if (!closed) cancel = setTimer(refresh, refreshMs);
    });
  }

  return {
    isRevoked: ({ digest }) => revoked.has(digest.toHex()),
    async revoke({ name, digest }) {
      const hex = digest.toHex();
      // From now on, even if it cannot be written down.
      revoked.add(hex);
      await keys.add({ name, digest: hex, revokedAt: now() });
    },
    close() {
      closed = true;
      cancel();
    },
  };
}
