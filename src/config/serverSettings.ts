import { type ApiKey, parseApiKey, parseApiKeys } from "../utils/auth.ts";
import { plainOrigin } from "./origins.ts";
import { readPublicKeys } from "./publicKeys.ts";
import type { SettingReader } from "./settingReader.ts";
import type { ServerSettings } from "./settings.ts";
import { present } from "../utils/present.ts";

/**
 * Reads where to listen, at which origin others reach the server, and the API keys. Without `handsOver` no
 * other process can go on with live calls: they are given time to end.
 */
export function readServer(
  read: SettingReader,
  { handsOver, isRehearsal }: { readonly handsOver: boolean; readonly isRehearsal: boolean },
): ServerSettings {
  const host = read.matching(
    "HOST",
    /^[A-Za-z0-9.:\[\]-]{1,253}$/,
    "must be an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0.",
  ) ?? "127.0.0.1";
  const publicUrl = readPublicUrl(read);
  const apiKeys = readApiKeys(read);
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: read.whole("PORT", 8000, { min: 0, max: 65_535 }),
    ...present({ publicUrl }),
    allowedOrigins: readOrigins(read),
    trustProxy: read.flag("TRUST_PROXY", false),
    drainMs: read.whole("DRAIN_SECONDS", handsOver ? 0 : 3600, { min: 0, max: 86_400 }) * 1000,
    apiKeys: [...apiKeys, ...readPublicKeys(read, { apiKeys, isRehearsal })],
  };
}

function readPublicUrl(read: SettingReader): string | undefined {
  const url = read.url(
    "PUBLIC_URL",
    "https://voice.example.com",
    ": Twilio and browsers accept nothing else.",
  );
  if (url === undefined) return undefined;
  if (url.username !== "" || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    read.problem(
      "PUBLIC_URL must be only an origin, such as https://voice.example.com, without a path, query or password.",
    );
  }
  return url.origin;
}

function readOrigins(read: SettingReader): readonly string[] {
  return read.list("ALLOWED_ORIGINS").flatMap((origin) => {
    const plain = plainOrigin(origin);
    if (plain !== undefined) return [plain];
    read.problem(
      `ALLOWED_ORIGINS has "${
        origin.slice(0, 80)
      }": give exact origins such as https://app.example.com, separated by commas; * is not accepted.`,
    );
    return [];
  });
}

/** Each key is parsed by itself first, so that all mistakes are reported at once. */
function readApiKeys(read: SettingReader): readonly ApiKey[] {
  const entries = read.list("API_KEYS");
  const keys = entries.map((entry, at) => parsed(read, () => parseApiKey(entry, at + 1)));
  if (keys.includes(undefined)) return [];
  return parsed(read, () => parseApiKeys(entries.join(","))) ?? [];
}

function parsed<T>(read: SettingReader, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : "Cannot read the keys";
    read.problem(
      `API_KEYS: ${message}. Write name:secret, with a secret from "openssl rand -hex 24".`,
    );
    return undefined;
  }
}
