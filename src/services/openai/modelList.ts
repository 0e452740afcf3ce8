import { isRecord } from "../../utils/isRecord.ts";
import { parseBoundedJson } from "../../utils/http/boundedJson.ts";
import { boundedText } from "../../utils/http/boundedText.ts";

/** What a server says of its models, and when. */
export interface ModelList {
  /** The day on which each is switched off, `YYYY-MM-DD`; undefined where none is announced. */
  readonly shutdowns: ReadonlyMap<string, string | undefined>;
  readonly clock: ServerClock | undefined;
}

/** What a server's clock said while it was asked. Milliseconds since 1970. */
export interface ServerClock {
  readonly host: string;
  /** From its header `Date`, which has whole seconds. */
  readonly serverMs: number;
  readonly askedMs: number;
  readonly answeredMs: number;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** Asks `GET /v1/models`; undefined where there is no list in the answer. Never rejects. */
export async function listModels(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ModelList | undefined> {
  try {
    const askedMs = Date.now();
    // A redirect would carry the key to another host.
    const response = await fetch(url, { headers: { ...headers }, redirect: "manual", signal });
    const clock = clockOf(response, { host: new URL(url).host, askedMs });
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    const body = parseBoundedJson(await boundedText(response, MAX_BYTES) ?? "");
    if (!isRecord(body) || !Array.isArray(body["data"])) return undefined;
    return { shutdowns: new Map(body["data"].flatMap((each) => [...modelIn(each)])), clock };
  } catch {
    return undefined;
  }
}

/** Reads the clock of a server from its answer. */
export function clockOf(
  { headers }: Pick<Response, "headers">,
  asked: Pick<ServerClock, "host" | "askedMs">,
): ServerClock | undefined {
  const serverMs = Date.parse(headers.get("date") ?? "");
  return Number.isFinite(serverMs) ? { ...asked, serverMs, answeredMs: Date.now() } : undefined;
}

function* modelIn(entry: unknown): Iterable<readonly [string, string | undefined]> {
  if (!isRecord(entry) || typeof entry["id"] !== "string") return;
  const date = entry["shutdown_date"];
  const isDate = typeof date === "string" && /^\d{4}-\d{2}-\d{2}$/.test(date);
  yield [entry["id"], isDate ? date : undefined];
}
