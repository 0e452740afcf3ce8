import { allows, type ApiKey } from "../../utils/auth.ts";

/** Why calls of a key are not placed any more. */
export type KeyRefusalCode = "key_removed" | "key_expired" | "key_revoked" | "scope_missing";

/** Tells whether a key may still have calls placed; nothing means that it may. */
export type KeyCheck = (keyName: string) => KeyRefusalCode | undefined;

/** Asked when a call is dialled: since it was asked for, its key may have come to its end. */
export function createKeyCheck({ keys, isRevoked, now }: {
  /** Those of the settings. */
  readonly keys: readonly ApiKey[];
  readonly isRevoked: (key: ApiKey) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): KeyCheck {
  return function refusalOf(keyName) {
    const key = keys.find(({ name }) => name === keyName);
    if (key === undefined) return "key_removed";
    if (key.expiresAt !== undefined && key.expiresAt <= now()) return "key_expired";
    if (isRevoked(key)) return "key_revoked";
    return allows(key.scopes, "calls:create") ? undefined : "scope_missing";
  };
}
