import { codeOf } from "./mcpClient.ts";

/** What the SDK calls a request without an answer in time. */
export const REQUEST_TIMEOUT = -32_001;

/** Why a server is away, for the operator; what a server answered is not repeated, as it may hold anything. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 401 || code === 403) return `it answered ${code}: check its headers`;
  if (code === REQUEST_TIMEOUT) return "it does not answer in time";
  if (code !== undefined && code >= 100) return `it answered ${code}`;
  if (code !== undefined) return "it does not speak the protocol as expected";
  if (!(error instanceof Error)) return "it cannot be reached";
  // Of `fetch`, where the host may not be reached at all.
  const { cause } = error;
  const isDenied = error instanceof Deno.errors.NotCapable ||
    cause instanceof Deno.errors.NotCapable;
  if (isDenied) return "its host is not permitted: add it to permissions.server.net in deno.json";
  return error instanceof TypeError || error instanceof Deno.errors.ConnectionRefused
    ? "it cannot be reached"
    : "it does not speak the protocol as expected";
}
