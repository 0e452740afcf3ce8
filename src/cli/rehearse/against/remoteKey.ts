import { isLoopback } from "../../../utils/http/loopback.ts";
import { writtenKeys } from "../../writtenKeys.ts";

/** Where the key of a server that runs elsewhere may stand. */
export interface KeySources {
  /** What a file has that was named for this. */
  readonly file?: string | undefined;
  /** PARLEY_KEY. */
  readonly own?: string | undefined;
  /** API_KEYS of the settings here. */
  readonly keys?: string | undefined;
  /** PUBLIC_URL of the settings here, as it is written. */
  readonly publicUrl?: string | undefined;
}

/**
 * The key that a server is asked with. Those of the settings here count only for a server on this machine, or at
 * their PUBLIC_URL: no other host is shown them. Throws a `TypeError` where what was named holds none.
 */
export function remoteKey(
  origin: string,
  { file, own, keys = "", publicUrl = "" }: KeySources,
): string | undefined {
  if (file !== undefined) return checked(file.trim().split(/\s+/)[0] ?? "", "--key-file");
  if (own !== undefined) return checked(own.trim(), "PARLEY_KEY");
  const { hostname } = new URL(origin);
  if (!isLoopback(hostname) && origin !== URL.parse(publicUrl)?.origin) return undefined;
  const written = writtenKeys(keys);
  const best = written.find(({ rules }) => /(scopes|role)=(.*\+)?admin/.test(rules)) ?? written[0];
  return best?.secret;
}

function checked(key: string, from: string): string {
  if (/^[\x21-\x7e]{1,500}$/.test(key)) return key;
  throw new TypeError(`${from} holds no API key`);
}
