import { type ApiKey, type PageLimits, parseApiKey } from "../utils/auth.ts";
import { isLoopback } from "../utils/http/loopback.ts";
import { present } from "../utils/present.ts";
import type { Agents } from "./agents.ts";
import { NAME } from "./names.ts";
import { plainOrigin } from "./origins.ts";
import type { SettingReader } from "./settingReader.ts";

/** Options of a key that are limits, with their defaults. */
const LIMITS = {
  visitor_calls: 10,
  visitor_minutes: 30,
  calls: 500,
  minutes: 600,
  usd: 10,
  concurrent: 10,
} as const;
type LimitName = keyof typeof LIMITS;

/**
 * Reads the keys that stand in pages: `name:pk_…;origins=https://a+https://b;agents=a+b`, then limits and
 * an expiry date. Each mistake is a problem that names the key by its position.
 */
export function readPublicKeys(
  read: SettingReader,
  { apiKeys, isRehearsal }: {
    readonly apiKeys: readonly ApiKey[];
    /** No dollars are spent on a model: their limit has no default. */
    readonly isRehearsal: boolean;
  },
): readonly ApiKey[] {
  const keys: ApiKey[] = [];
  const entries = read.list("PUBLIC_KEYS");
  if (entries.length > 0 && read.list("API_KEYS").length === 0) {
    read.problem(
      "PUBLIC_KEYS is set, and API_KEYS is not: without API_KEYS this server talks only with its own page.",
    );
  }
  for (const [at, entry] of entries.entries()) {
    try {
      const key = parsePublicKey(entry, at + 1, isRehearsal);
      const others = [...apiKeys, ...keys];
      if (others.some(({ name }) => name === key.name)) fail("its name is that of another key");
      if (others.some(({ digest }) => digest.toHex() === key.digest.toHex())) {
        fail("it is the same as another key");
      }
      keys.push(key);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "it cannot be read";
      read.problem(`PUBLIC_KEYS: Cannot use public key ${at + 1}: ${reason}.`);
    }
  }
  return keys;
}

/** A sentence for each agent of a public key that there is none of: the server starts all the same. */
export function unknownPageAgents(
  apiKeys: readonly ApiKey[],
  { names, unusable }: Pick<Agents, "names"> & {
    readonly unusable: { has(agent: string): boolean };
  },
): readonly string[] {
  return apiKeys.flatMap(({ name, page }) =>
    (page?.agents ?? []).filter((agent) => !names.includes(agent) && !unusable.has(agent))
      .map((agent) => `PUBLIC_KEYS: the key ${name} names the agent ${agent}, and there is none.`)
  );
}

function parsePublicKey(entry: string, position: number, isRehearsal: boolean): ApiKey {
  const [shown = "", ...options] = entry.split(";").map((part) => part.trim());
  if (!/^[A-Za-z0-9_-]+:pk_[A-Za-z0-9_-]{16,200}$/.test(shown)) {
    fail(
      'write name:pk_ and 16 or more letters, digits, "_" and "-", as "openssl rand -hex 16" gives them',
    );
  }
  let origins: readonly string[] = [];
  let agents: readonly string[] = [];
  let expires = "";
  const limits = new Map<LimitName, number | undefined>(
    Object.entries(LIMITS).flatMap(([name, value]) => isLimit(name) ? [[name, value]] : []),
  );
  if (isRehearsal) limits.delete("usd");
  for (const option of options) {
    const [, name = "", value = ""] = /^([a-z_]+)=(.+)$/.exec(option) ?? [];
    if (name === "origins") origins = value.split("+").map(originOf);
    else if (name === "agents") agents = value.split("+").map(agentOf);
    else if (name === "expires") expires = `;expires=${value}`;
    else if (isLimit(name)) limits.set(name, amountOf(name, value));
    else {
      fail(
        `after ";" come origins, agents, expires and limits: ${Object.keys(LIMITS).join(", ")}`,
      );
    }
  }
  if (origins.length === 0) fail("name its pages, as ;origins=https://www.example.com");
  if (agents.length === 0) fail("name the agents it may call, as ;agents=receptionist");
  const { name, digest, expiresAt } = parsed(shown + expires, position);
  return {
    name,
    digest,
    scopes: [],
    ...present({ expiresAt }),
    page: { origins, agents, limits: pageLimits(limits) },
  };
}

/** The name, digest and expiry, as those of an API key. */
function parsed(text: string, position: number): ApiKey {
  try {
    return parseApiKey(text, position);
  } catch {
    return fail("write its expiry as ;expires=2027-12-31");
  }
}

function pageLimits(limits: ReadonlyMap<LimitName, number | undefined>): PageLimits {
  return present({
    visitorCalls: limits.get("visitor_calls"),
    visitorMinutes: limits.get("visitor_minutes"),
    calls: limits.get("calls"),
    minutes: limits.get("minutes"),
    usd: limits.get("usd"),
    concurrent: limits.get("concurrent"),
  });
}

/** Pages without https get no microphone, except those of this machine. */
function originOf(text: string): string {
  const origin = plainOrigin(text);
  if (origin === undefined) {
    return fail(`"${text.slice(0, 80)}" is no exact origin such as https://www.example.com`);
  }
  const { protocol, hostname } = new URL(origin);
  if (protocol === "https:" || isLoopback(hostname)) return origin;
  return fail(`"${origin.slice(0, 80)}" has no https, without which browsers give no microphone`);
}

function agentOf(text: string): string {
  return NAME.test(text) ? text : fail(`"${text.slice(0, 64)}" is no name of an agent`);
}

/** Undefined for no limit. */
function amountOf(name: LimitName, value: string): number | undefined {
  if (value === "off") return undefined;
  const isWhole = name === "calls" || name === "visitor_calls" || name === "concurrent";
  const pattern = isWhole ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,6})?$/;
  if (pattern.test(value) && Number(value) > 0) return Number(value);
  return fail(
    `${name} is "${value.slice(0, 40)}": give ${
      isWhole ? "a whole number" : "an amount"
    }, or off for no limit`,
  );
}

function isLimit(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name);
}

function fail(reason: string): never {
  throw new Error(reason);
}
