import type { Environment } from "../../config/settingReader.ts";
import { fixCodes, type SetupCheck, setupParts, setupStates } from "../../services/setup.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { ownOrigin } from "../ownServer.ts";
import { writtenKeys } from "../writtenKeys.ts";

/** The server looks at other machines, and waits for them in its turn. */
const PATIENCE_MS = 60_000;
const HEALTH_MS = 3000;
const MAX_KEYS = 20;
const MAX_BYTES = 1024 * 1024;

/** What came of asking the server that listens at an address. */
export type ServerAnswer =
  | { readonly state: "answered"; readonly checks: readonly SetupCheck[] }
  /** A server that takes none of the keys. */
  | { readonly state: "refused" }
  /** A server that runs, and does not tell in time. */
  | { readonly state: "slow" }
  /** Nothing listens there, or something else. */
  | { readonly state: "absent" };

/**
 * Asks for the set-up, with each of the keys until one is taken, and without at last. Only at an address of this
 * machine: no key leaves it. Never rejects.
 */
export async function askServer(
  { host, port }: { readonly host: string; readonly port: number },
  environment: Environment,
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Promise<ServerAnswer> {
  const origin = ownOrigin({ host, port });
  if (!isOfThisMachine(host)) return { state: "absent" };
  if (!await isParley(origin)) return { state: "absent" };
  const url = `${origin}/api/setup`;
  let isRefused = false;
  for (const secret of [...secretsToSend(environment["API_KEYS"] ?? ""), undefined]) {
    try {
      const response = await fetch(url, {
        headers: secret === undefined ? {} : { Authorization: `Bearer ${secret}` },
        redirect: "manual",
        signal: AbortSignal.timeout(patienceMs),
      });
      const { status } = response;
      const body = await bodyOf(response);
      if (status === 429 || status >= 500) return { state: "slow" };
      const checks = checksIn(body);
      if (response.ok && checks !== undefined) return { state: "answered", checks };
      isRefused ||= [401, 403].includes(status) && isRecord(body) && "requestId" in body;
      if (!isRefused) return { state: "absent" };
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError") return { state: "slow" };
      return { state: isRefused ? "refused" : "absent" };
    }
  }
  return { state: isRefused ? "refused" : "absent" };
}

/** What answers may be another program that says it is this one: a key that may do nothing else is sent alone. */
function secretsToSend(text: string): readonly string[] {
  const keys = writtenKeys(text);
  const narrow = keys.filter(({ rules }) => rules.split(";").includes("scopes=setup:read"));
  return (narrow.length > 0 ? narrow : keys).slice(0, MAX_KEYS).map(({ secret }) => secret);
}

/** Whether a server could listen there. */
function isOfThisMachine(hostname: string): boolean {
  if (["127.0.0.1", "::1", "localhost"].includes(hostname)) return true;
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Undefined for an answer that is too large; throws for what is no JSON. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await boundedText(response, MAX_BYTES);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Whether a server of this kind listens there, which says so at once. */
async function isParley(origin: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HEALTH_MS);
    const response = await fetch(`${origin}/health`, { redirect: "manual", signal });
    const body = await bodyOf(response);
    return isRecord(body) && "uptimeSeconds" in body;
  } catch {
    return false;
  }
}

function checksIn(body: unknown): readonly SetupCheck[] | undefined {
  const checks = isRecord(body) ? body["checks"] : undefined;
  if (!Array.isArray(checks)) return undefined;
  return checks.flatMap((each) => checkIn(each) ?? []);
}

function checkIn(value: unknown): SetupCheck | undefined {
  if (!isRecord(value) || typeof value["text"] !== "string") return undefined;
  const part = setupParts.find((part) => part === value["part"]);
  const state = setupStates.find((state) => state === value["state"]);
  const { code, remedy, fix } = value;
  if (part === undefined || state === undefined || !isCode(code)) return undefined;
  return {
    part,
    code,
    state,
    text: value["text"],
    values: valuesIn(value["values"]),
    ...(typeof remedy === "string" && { remedy }),
    ...fixIn(fix),
  };
}

/** A newer server may have codes that this command does not know. */
function isCode(code: unknown): code is SetupCheck["code"] {
  return typeof code === "string" && /^[a-z][a-z0-9_]{0,79}$/.test(code);
}

function fixIn(fix: unknown): Pick<SetupCheck, "fix"> {
  if (!isRecord(fix) || typeof fix["text"] !== "string") return {};
  const code = fixCodes.find((code) => code === fix["code"]);
  return code === undefined
    ? {}
    : { fix: { code, text: fix["text"], values: valuesIn(fix["values"]) } };
}

function valuesIn(values: unknown): SetupCheck["values"] {
  const entries = isRecord(values) ? Object.entries(values) : [];
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, value]] : []
    ),
  );
}
