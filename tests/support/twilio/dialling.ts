import assert from "node:assert/strict";
import type { AppOverrides } from "../../../src/app.ts";
import type { AgentFiles } from "../../../src/config/agentFiles.ts";
import { until } from "../until.ts";
import { apiKey, serveApp, type ServedApp, type TestServer } from "../servers/phoneServer.ts";

export const callee = "+14155550123";

/** A simulated network on which no call is answered while a test lasts. */
export const ringing = {
  network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
} as const;

/** One call a second is dialled, by a clock that stands still until the test moves it. */
export function slowPace() {
  let now = Date.now();
  return {
    env: { OUTBOUND_PER_SECOND: "1" },
    overrides: { dialling: { now: () => now } },
    /** It is the next call's turn. */
    nextSecond(): void {
      now += 1000;
    },
  };
}

/** Asks for a call, and waits until it is dialled, also where the answer came before that. */
export async function initiateDialled(
  server: Pick<TestServer, "request">,
  body?: Readonly<Record<string, unknown>>,
  options?: { readonly key?: string },
): Promise<SeenCall> {
  const answer = await initiate(server, body, options);
  assert.ok(answer.ok, `Cannot call: ${answer.status}`);
  const { callId } = await answer.json();
  return await until(
    () => get(server, `/api/outbound/${callId}`, options?.key),
    ({ callSid }) => callSid !== undefined,
  );
}

/** What the API answers about a call, as far as tests look at it. */
export interface SeenCall {
  readonly callId: string;
  readonly callSid?: string;
  readonly status: string;
  readonly outcome?: string;
  readonly answeredBy?: string;
  readonly position?: number;
  readonly detail?: string;
  readonly retriedBy?: string;
}

/** Asks for a call, with a key of the API and perhaps one of the request. */
export function initiate(
  server: Pick<TestServer, "request">,
  body: Readonly<Record<string, unknown>> = { to: callee },
  { key = apiKey, requestKey }: { readonly key?: string; readonly requestKey?: string } = {},
): Promise<Response> {
  return server.request("/api/outbound/initiate", {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${key}`,
      "Content-Type": "application/json",
      ...(requestKey !== undefined && { "Idempotency-Key": requestKey }),
    },
    body: JSON.stringify(body),
  });
}

export async function get(
  server: Pick<TestServer, "request">,
  path: string,
  key = apiKey,
  // deno-lint-ignore no-explicit-any -- tests read what they expect
): Promise<any> {
  return await (await server.request(path, { headers: { "X-API-Key": key } })).json();
}

/** Asks about a placed call until the answer fits; a test whose call never comes so far fails. */
export function callUntil(
  server: Pick<TestServer, "request">,
  id: string,
  fits: (call: SeenCall) => boolean,
): Promise<SeenCall> {
  return until(() => get(server, `/api/outbound/${id}`), fits);
}

/** The record of a call of that key, as soon as the call has ended. */
export function endedRecord(
  server: Pick<TestServer, "request">,
  callId: string | undefined,
  key?: string,
) {
  return until(() => get(server, `/api/calls/${callId}`, key), ({ status }) => status === "ended");
}

/** An answer's status alone. */
export async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

/** Agents from texts instead of files. */
export function agentsOf(texts: Readonly<Record<string, string>>): AgentFiles {
  return {
    list: () => Promise.resolve(Object.keys(texts).map((name) => `${name}.md`)),
    text: (path: string) => Promise.resolve(texts[/([^/]+)\.md$/.exec(path)?.[1] ?? ""] ?? ""),
  };
}

/** An agent under the default's name. */
export function onlyAgent(frontMatter: string): AgentFiles {
  return agentsOf({ receptionist: `---\ntitle: Desk\n${frontMatter}\n---\nHelp.` });
}

/** A second server on the same store, behind the same simulated network. */
export function startBeside(
  server: Pick<TestServer, "api">,
  env: Readonly<Record<string, string | undefined>>,
  overrides?: AppOverrides,
): Promise<ServedApp> {
  return serveApp(server.api.url, env, overrides);
}

/** A database file of the test's own. */
export async function temporaryDatabase() {
  const folder = await Deno.makeTempDir();
  const url = `sqlite:${folder}/parley.db`;
  return {
    url,
    env: { DATABASE_URL: url },
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
