import { openResumed, type WebClient } from "./webClient.ts";
import type { TranscriptLine } from "../../../src/protocol/web.ts";
import { until } from "../until.ts";

type Server = { readonly origin: string };

/** Comes back to a call, as soon as its server is there; the token of the last `ready` is needed. */
export async function comeBack(server: Server, resumeToken: string): Promise<WebClient> {
  await until(() => mayResume(server, resumeToken), (may) => may);
  const client = openResumed(server, resumeToken);
  await confirm(client);
  return client;
}

async function mayResume(server: Server, resumeToken: string): Promise<boolean> {
  const response = await askToResume(server, resumeToken).catch(() => undefined);
  const body = await response?.text();
  if (response === undefined || response.status >= 500) return false;
  if (!response.ok) throw new Error(`Cannot come back: ${body}`);
  return true;
}

export function askToResume({ origin }: Server, resumeToken: string): Promise<Response> {
  return fetch(`${origin}/api/web/resume`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ resumeToken }),
  });
}

/** Says that the client has its token, and comes back if need be. */
export async function confirm(client: WebClient): Promise<string> {
  const { resumeToken = "" } = await client.get("ready");
  client.send({ type: "hello", binary: false, resume: true });
  return resumeToken;
}

/** The lines that a client is shown, each as it is now. */
export function linesOf({ inbox }: WebClient): readonly TranscriptLine[] {
  const lines = new Map<string, TranscriptLine>();
  for (const message of inbox.all) {
    if (message.type === "transcript") lines.set(message.id, message);
  }
  return [...lines.values()].sort((a, b) => a.position - b.position);
}

/** Waits until the agent has said so many things, whole. */
export async function agentSaid(client: WebClient, count: number): Promise<void> {
  await client.inbox.when(() =>
    linesOf(client).filter(({ role, final }) => role === "agent" && final).length >= count
  );
}
