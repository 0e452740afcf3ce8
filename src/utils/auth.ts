import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import {
  type KeyRole,
  keyRoles,
  type KeyScope,
  keyScopes,
  scopesOfRole,
  writtenScopes,
} from "./keyScopes.ts";
import { sha256 } from "./sha256.ts";

export { allows, type KeyRole, keyRoles, type KeyScope, keyScopes } from "./keyScopes.ts";

/** A key of the API: a name for logs and limits, and the SHA-256 of the secret. */
export interface ApiKey {
  readonly name: string;
  readonly digest: Uint8Array;
  readonly scopes: readonly KeyScope[];
  /** Which set of scopes that is, where the key names one. */
  readonly role?: KeyRole;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Calls of its batches that may wait; absent for as many as the settings say. */
  readonly pending?: number;
  /** Of a public key, which stands in pages: it has no scopes, and begins calls of browsers alone. */
  readonly page?: PageRules;
}

/** What a public key is bound to. */
export interface PageRules {
  /** Exact origins of the pages that it stands in, lower case, without a trailing slash. */
  readonly origins: readonly string[];
  /** Names of the agents that it may call, the first where a page names none. */
  readonly agents: readonly string[];
  readonly limits: PageLimits;
}

/** Limits of a public key per UTC day; an absent one is none. */
export interface PageLimits {
  /** Of one visitor, by client address. */
  readonly visitorCalls?: number;
  readonly visitorMinutes?: number;
  /** Of all visitors together. */
  readonly calls?: number;
  readonly minutes?: number;
  readonly usd?: number;
  /** Calls at a time. */
  readonly concurrent?: number;
}

/** `nowMs` is in milliseconds since 1970. */
export function hasExpired({ expiresAt = Infinity }: ApiKey, nowMs: number): boolean {
  return expiresAt <= nowMs;
}

/** Shorter secrets can be guessed. */
const MIN_SECRET_LENGTH = 16;

/**
 * Parses keys written as `name:secret` or `name:sha256:<hex>`, separated by commas. After either may
 * follow `;role=operator` or `;scopes=calls:read+metrics`, `;expires=2027-01-31` (in UTC, that day no longer counts) and
 * `;pending=500` (calls of its batches that may wait). Without scopes a key may place calls and read its own; `admin` is never implied.
 *
 * Throws an `Error` that names the position of the first invalid key and never repeats its text.
 */
export function parseApiKeys(spec: string): readonly ApiKey[] {
  if (spec.trim() === "") return [];
  const keys: ApiKey[] = [];
  for (const [index, text] of spec.split(",").entries()) {
    const key = parseApiKey(text.trim(), index + 1);
    const sameName = keys.findIndex(({ name }) => name === key.name);
    if (sameName >= 0) {
      throw new Error(`Cannot use API key ${index + 1}: it has the name of key ${sameName + 1}`);
    }
    const sameSecret = keys.findIndex(({ digest }) => timingSafeEqual(digest, key.digest));
    if (sameSecret >= 0) {
      throw new Error(
        `Cannot use API key ${index + 1}: it has the secret of key ${sameSecret + 1}`,
      );
    }
    keys.push(key);
  }
  return keys;
}

/**
 * The secret that a request presents, as `Authorization: Bearer` or else as `X-API-Key`. A longer one
 * than any key is truncated: it matches nothing, and costs little to hash.
 */
export function presentedKey(headers: Headers): string | undefined {
  const [scheme = "", bearer = "", ...more] = words(headers.get("authorization"));
  if (scheme.toLowerCase() === "bearer" && bearer !== "" && more.length === 0) return bearer;
  return headers.get("x-api-key")?.slice(0, MAX_PRESENTED_LENGTH).trim() || undefined;
}

function words(header: string | null): readonly string[] {
  return (header ?? "").slice(0, MAX_PRESENTED_LENGTH).split(" ").filter((word) => word !== "");
}

const MAX_PRESENTED_LENGTH = 2000;

/**
 * Creates the function that finds the key of a secret.
 *
 * Its duration reveals nothing about the keys: it always compares hashes of equal length, with all keys.
 */
export function createAuthenticator(
  keys: readonly ApiKey[],
): (secret: string) => ApiKey | undefined {
  return function authenticate(secret) {
    const digest = sha256(secret);
    let found: ApiKey | undefined;
    for (const key of keys) {
      if (timingSafeEqual(key.digest, digest)) found = key;
    }
    return found;
  };
}

/** The scopes of a key that names none. */
const defaultScopes = writtenScopes(["calls:create", "calls:read"]);

/** As `parseApiKeys` for one key; `position` is the one that errors name. */
export function parseApiKey(text: string, position: number): ApiKey {
  const [shown = "", ...options] = text.split(";");
  const { name, digest } = parseNamed(shown, position);
  let key: ApiKey = { name, digest, scopes: defaultScopes };
  const read = options.map((option) => parseOption(option.trim(), position));
  if (read.some(({ role }) => role) && read.filter(({ scopes }) => scopes).length > 1) {
    throw new Error(
      `Cannot use API key ${position}: it has a role, which stands for its scopes: leave out one of them`,
    );
  }
  for (const option of read) key = { ...key, ...option };
  return key;
}

function parseNamed(text: string, position: number): Pick<ApiKey, "name" | "digest"> {
  const colon = text.indexOf(":");
  if (colon < 0) {
    throw new Error(`Cannot read API key ${position}: it must be name:secret or name:sha256:hex`);
  }
  const name = text.slice(0, colon);
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw new Error(
      `Cannot read API key ${position}: its name must be of letters, digits, "_" and "-"`,
    );
  }
  const secret = text.slice(colon + 1);
  if (secret.startsWith("sha256:")) return { name, digest: parseDigest(secret.slice(7), position) };
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new Error(
      `Cannot use API key ${position}: its secret must have at least ${MIN_SECRET_LENGTH} characters`,
    );
  }
  if (/\s/.test(secret)) {
    throw new Error(`Cannot read API key ${position}: its secret must not contain spaces`);
  }
  return { name, digest: sha256(secret) };
}

function parseOption(option: string, position: number): Partial<ApiKey> {
  const scopes = /^scopes=(.*)$/.exec(option)?.[1];
  if (scopes !== undefined) return { scopes: parseScopes(scopes, position) };
  const role = /^role=(.*)$/.exec(option)?.[1];
  if (role !== undefined) return parseRole(role, position);
  const pending = /^pending=(\d{1,7})$/.exec(option)?.[1];
  if (pending !== undefined) return { pending: Number(pending) };
  const day = /^expires=(\d{4}-\d{2}-\d{2})$/.exec(option)?.[1] ?? "";
  const expiresAt = Date.parse(`${day}T00:00:00Z`);
  // `Date.parse` reads February 30 as a day in March.
  if (Number.isNaN(expiresAt) || !new Date(expiresAt).toISOString().startsWith(day)) {
    throw new Error(
      `Cannot read API key ${position}: after ";" comes role=operator, scopes=calls:read+metrics, expires=2027-01-31 or pending=500`,
    );
  }
  return { expiresAt };
}

function parseScopes(text: string, position: number): readonly KeyScope[] {
  const names = text.split("+");
  if (keyScopes.filter((scope) => names.includes(scope)).length < names.length) {
    throw new Error(
      `Cannot read API key ${position}: its scopes must be of ${keyScopes.join(", ")}`,
    );
  }
  return writtenScopes(names);
}

function parseRole(text: string, position: number): Pick<ApiKey, "role" | "scopes"> {
  const role = keyRoles.find((known) => known === text);
  if (role !== undefined) return { role, scopes: scopesOfRole(role) };
  throw new Error(
    `Cannot read API key ${position}: its role must be one of ${keyRoles.join(", ")}`,
  );
}

function parseDigest(hex: string, position: number): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new Error(`Cannot read API key ${position}: after sha256: come 64 hexadecimal digits`);
  }
  return Buffer.from(hex, "hex");
}
