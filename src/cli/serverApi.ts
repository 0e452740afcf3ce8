import type { Environment } from "../config/settingReader.ts";
import type { Settings } from "../config/settings.ts";
import { allows } from "../utils/auth.ts";
import { boundedText } from "../utils/http/boundedText.ts";
import { isRecord } from "../utils/isRecord.ts";

/** A call that the running server has taken. */
export interface TakenCall {
  readonly id: string;
  readonly from: string;
  readonly agent: string;
  readonly status: string;
}

/** What came of asking the server: its calls, the oldest first, or why there is no answer. */
export type ServerAnswer =
  | { readonly calls: readonly TakenCall[] }
  | { readonly problem: "away" | "refused" };

const TIMEOUT_MS = 5000;
/** Twenty calls are far less. */
const MAX_BYTES = 1024 * 1024;

/** Creates the client of the server that runs on this machine with the same settings. */
export function createServerApi(
  { port, apiKeys }: Pick<Settings["server"], "port" | "apiKeys">,
  environment: Environment,
) {
  const key = readableKey(environment["API_KEYS"] ?? "", apiKeys);

  return {
    /** Calls that have come in by phone since a time, in milliseconds since 1970. */
    async callsSince(at: number): Promise<ServerAnswer> {
      const from = encodeURIComponent(new Date(at).toISOString());
      try {
        const response = await fetch(
          `http://127.0.0.1:${port}/api/calls?direction=inbound&limit=20&from=${from}`,
          {
            headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
            redirect: "error",
            signal: AbortSignal.timeout(TIMEOUT_MS),
          },
        );
        const body: unknown = JSON.parse(await boundedText(response, MAX_BYTES) ?? "null");
        const calls = isRecord(body) ? body["calls"] : undefined;
        if (!Array.isArray(calls)) return { problem: response.status < 500 ? "refused" : "away" };
        return { calls: calls.filter(isRecord).map(readCall).reverse() };
      } catch {
        return { problem: "away" };
      }
    },
  };
}

export type ServerApi = ReturnType<typeof createServerApi>;

/** The secret of a key that may read all calls; undefined where only digests are known. */
function readableKey(text: string, keys: Settings["server"]["apiKeys"]): string | undefined {
  const written = text.split(",").map((entry) => entry.trim().split(";", 1)[0] ?? "");
  const able = keys.filter(({ page, scopes }) => page === undefined && allows(scopes, "calls:all"));
  for (const { name } of able) {
    const entry = written.find((it) => it.startsWith(`${name}:`));
    const secret = entry?.slice(name.length + 1);
    if (secret !== undefined && !secret.startsWith("sha256:")) return secret;
  }
  return undefined;
}

function readCall(call: Readonly<Record<string, unknown>>): TakenCall {
  const text = (name: string) => {
    const value = call[name];
    return typeof value === "string" ? value.slice(0, 200) : "";
  };
  return { id: text("id"), from: text("from"), agent: text("agent"), status: text("status") };
}
