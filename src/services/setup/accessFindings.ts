import { ownKeys } from "../../config/keyHint.ts";
import type { Settings } from "../../config/settings.ts";
import { allows, type ApiKey, hasExpired } from "../../utils/auth.ts";
import { fixOf } from "./fixOf.ts";
import type { Finding } from "./setupCheck.ts";

/** Whether programs and people can use the server from elsewhere. */
export function keysFinding(
  { server, signIn }: Pick<Settings, "server" | "signIn">,
  { isRevoked, nowMs }: {
    readonly isRevoked: (key: ApiKey) => boolean;
    readonly nowMs: number;
  },
): Finding {
  const apiKeys = ownKeys(server.apiKeys);
  if (apiKeys.length === 0 && signIn !== undefined) {
    return {
      code: "keys_not_set",
      state: "off",
      text: "There are no API keys: people sign in, and programs have no access.",
      remedy: 'Set API_KEYS=app:SECRET for a program, with a secret from "openssl rand -hex 24".',
    };
  }
  if (apiKeys.length === 0) {
    return {
      code: "keys_not_set",
      state: "off",
      text: "There are no API keys: only this machine may use the server, and no calls are placed.",
      remedy: 'Set API_KEYS=ops:SECRET;scopes=admin, with a secret from "openssl rand -hex 24".',
      fix: fixOf("add_api_key"),
    };
  }
  const gone = apiKeys.filter((key) => hasExpired(key, nowMs) || isRevoked(key));
  const names = (keys: readonly ApiKey[]) => keys.map(({ name }) => name).join(", ");
  const seesAll = (key: ApiKey) => allows(key.scopes, "calls:all") && !gone.includes(key);
  // Each role of people who sign in sees them.
  if (signIn === undefined && !apiKeys.some(seesAll)) {
    return {
      code: "keys_see_own_calls",
      state: "warning",
      text: "Each key sees its own calls only: the calls that come in are shown to none.",
      remedy:
        "Write ;role=viewer behind one of the keys in API_KEYS, or ;role=admin for a key that may do all.",
    };
  }
  if (gone.length > 0) {
    return {
      code: "keys_gone",
      state: "warning",
      text: "Keys that have expired or were revoked: {names}.",
      remedy: "Take them out of API_KEYS, or give them a new secret.",
      values: { names: names(gone) },
    };
  }
  return {
    code: "keys_ok",
    state: "ok",
    text: "Keys: {names}.",
    values: { names: names(apiKeys) },
  };
}

/** Whether pages of other sites may talk with agents. */
export function sitesFinding(
  { server: { apiKeys, publicUrl }, agents }: Pick<Settings, "server" | "agents">,
): Finding {
  const pages = apiKeys.flatMap(({ page }) => page ?? []);
  if (pages.length === 0) {
    return {
      code: "sites_off",
      state: "off",
      text: "No other site may use the agents.",
      remedy:
        'Set PUBLIC_KEYS=site:pk_SECRET;origins=https://shop.example;agents={agent}, with a secret from "openssl rand -hex 16".',
      values: { agent: agents.default },
    };
  }
  const values = {
    origins: [...new Set(pages.flatMap(({ origins }) => origins))].join(", "),
    agents: [...new Set(pages.flatMap(({ agents }) => agents))].join(", "),
  };
  if (publicUrl === undefined) {
    return {
      code: "sites_local_only",
      state: "warning",
      text:
        "Pages of {origins} may talk with {agents}, but reach this server on this machine alone.",
      remedy: "Set PUBLIC_URL to the https origin at which others reach the server.",
      values,
    };
  }
  return {
    code: "sites_ok",
    state: "ok",
    text: "Pages of {origins} may talk with {agents}.",
    values,
  };
}
