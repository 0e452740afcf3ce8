import { strict as assert } from "node:assert";
import { apiKey, publicUrl } from "../servers/phoneServer.ts";

/** A finding as `GET /api/setup` answers it. */
export interface SeenCheck {
  readonly part: string;
  readonly code: string;
  readonly state: string;
  readonly text: string;
  readonly remedy: string | null;
  readonly values: Readonly<Record<string, string | number>>;
}

/** All that a server finds in its set-up. */
export async function setupChecks(
  { request }: { readonly request: (path: string, init?: RequestInit) => Promise<Response> },
): Promise<readonly SeenCheck[]> {
  const response = await request("/api/setup", { headers: { Authorization: `Bearer ${apiKey}` } });
  assert.equal(response.status, 200);
  return (await response.json()).checks;
}

/** Those of a part, by their codes. */
export function codesOf(checks: readonly SeenCheck[], part: string): readonly string[] {
  return checks.filter((check) => check.part === part).map(({ code }) => code);
}

/** What the number of a phone server lacks to be in order, by the names of Twilio's API. */
export const connectedNumber = {
  StatusCallback: `${publicUrl}/twilio/status#rc=3`,
  VoiceFallbackUrl: "https://handler.twilio.com/twiml/EH00000000000000000000000000000000",
} as const;
