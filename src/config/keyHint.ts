import { allows, type ApiKey } from "../utils/auth.ts";
import type { SettingHint, Settings } from "./settings.ts";

/** Where no key sees inbound calls: by default a key sees its own calls only. */
export function keyHint(
  { server: { apiKeys }, signIn }: Pick<Settings, "server"> & {
    readonly signIn: Settings["signIn"] | undefined;
  },
): readonly SettingHint[] {
  // Each role of people who sign in reads them.
  if (signIn !== undefined) return [];
  const own = ownKeys(apiKeys);
  if (own.length === 0 || own.some(({ scopes }) => allows(scopes, "calls:all"))) return [];
  return [{
    code: "keys_see_own_calls",
    text:
      "None of API_KEYS sees all calls, so no key can read inbound calls: write ;role=viewer after one of them, or ;role=admin for a key that may do all.",
  }];
}

/** Without the public keys, which have no scopes. */
export function ownKeys(apiKeys: readonly ApiKey[]): readonly ApiKey[] {
  return apiKeys.filter(({ page }) => page === undefined);
}
