import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import { allows } from "../../utils/auth.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { ownOrigin } from "../ownServer.ts";
import { writtenKeys } from "../writtenKeys.ts";

/** A call that the running server has taken. */
export interface TakenCall {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly agent: string;
  readonly status: string;
}

/** What came of asking the server: its calls, the oldest first, or why there is no answer. */
export type CallsAnswer =
  | { readonly calls: readonly TakenCall[] }
  | { readonly problem: "away" | "refused" };

const TIMEOUT_MS = 5000;
/** Twenty calls are far less. */
const MAX_BYTES = 1024 * 1024;

/** Creates the client of the server that runs on this machine with the same settings. */
export function createServerApi(
  { host, port, apiKeys }: Pick<Settings["server"], "host" | "port" | "apiKeys">,
  environment: Environment,
) {
  const key = readableKey(environment["API_KEYS"] ?? "", apiKeys);
  const origin = ownOrigin({ host, port });

  return {
    origin,
    /** Calls that have come in by phone since a time, in milliseconds since 1970. */
    async callsSince(at: number): Promise<CallsAnswer> {
      const from = encodeURIComponent(new Date(at).toISOString());
      try {
        const response = await fetch(
          `${origin}/api/calls?direction=inbound&limit=20&from=${from}`,
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
  const able = keys.filter(({ page, scopes }) => page === undefined && allows(scopes, "calls:all"));
  const names = able.map(({ name }) => name);
  return writtenKeys(text).find(({ name }) => names.includes(name))?.secret;
}

function readCall(call: Readonly<Record<string, unknown>>): TakenCall {
  const text = (name: string) => {
    const value = call[name];
    return typeof value === "string" ? value.slice(0, 200) : "";
  };
  return {
    id: text("id"),
    from: text("from"),
    to: text("to"),
    agent: text("agent"),
    status: text("status"),
  };
}
