import { hostAndPort } from "../utils/hostAndPort.ts";
import type { FoundProblem } from "./agentProblem.ts";
import type { Agent, Agents } from "./agents.ts";
import type { DatabaseSettings, Settings } from "./settings.ts";

/** A host, and what names it. */
export interface NamedHost {
  /** A setting, or a tool with its file. */
  readonly place: string;
  /** With its port. */
  readonly host: string;
}

interface Naming {
  readonly settings: Settings;
  readonly agents: Pick<Agents, "names" | "get">;
  /** `rehearsal` needs no network. */
  readonly engine: string;
}

/** Hosts that the settings and agents name and this process may not connect to, a sentence each. */
export function unreachableHosts(naming: Naming): readonly string[] {
  return barredHosts(naming).map(problemOf);
}

/** Hosts that the settings and agents name and this process may not connect to. */
export function barredHosts(naming: Naming): readonly NamedHost[] {
  return namedHosts(naming).flatMap(({ place, host }) => barred(place, host) ?? []);
}

/** Hosts that the settings and agents name, but for the database and MCP servers. */
export function namedHosts(
  { settings: { signIn, openai, analysis, embeddings, phone, webhook, callUrl }, agents, engine }:
    Naming,
): readonly NamedHost[] {
  const named: [place: string, url: string][] = [];
  if (signIn !== undefined) named.push(["OIDC_ISSUER", signIn.issuer]);
  if (engine !== "rehearsal") named.push(["OPENAI_REALTIME_URL", openai.url]);
  if (analysis !== undefined) named.push(["ANALYSIS_URL", analysis.url]);
  if (embeddings !== undefined) named.push(["KNOWLEDGE_EMBEDDINGS_URL", embeddings.url]);
  if (phone !== undefined) named.push(["TWILIO_API_URL", phone.apiUrl]);
  if (webhook !== undefined) named.push(["WEBHOOK_URL", webhook.url]);
  if (callUrl !== undefined) named.push(["CALL_URL", callUrl.url]);
  for (const file of agents.names) {
    for (const tool of agents.get(file)?.http_tools ?? []) {
      named.push([`the tool ${tool.name} in ${file}.md`, tool.url]);
    }
  }
  return named.map(([place, url]) => ({ place, host: hostAndPort(new URL(url)) }));
}

/** The problems with an agent's tools whose hosts may not be reached. */
export function unreachableTools({ http_tools }: Agent): readonly FoundProblem[] {
  return http_tools.flatMap(({ name, url }, at) => {
    const message = unreachable(`the tool ${name}`, hostAndPort(new URL(url)));
    return message === undefined ? [] : [{ path: `http_tools.${at}.url`, message }];
  });
}

/** The problem where the database's host may not be reached; checked alone, before it is opened. */
export function unreachableDatabase(database: DatabaseSettings): string | undefined {
  const host = databaseHost(database);
  return host === undefined ? undefined : unreachable("DATABASE_URL", host);
}

/** With its port; undefined where the database takes no network. */
export function databaseHost(database: DatabaseSettings): string | undefined {
  if (database.kind !== "postgres") return undefined;
  const { hostname, port } = new URL(database.url);
  // A Unix socket has a path in place of the host.
  if (hostname === "" || /^%2f/i.test(hostname)) return undefined;
  return `${hostname}:${port === "" ? "5432" : port}`;
}

function unreachable(place: string, host: string): string | undefined {
  const found = barred(place, host);
  return found && problemOf(found);
}

function barred(place: string, host: string): NamedHost | undefined {
  const { state } = Deno.permissions.querySync({ name: "net", host });
  return state === "granted" ? undefined : { place, host };
}

function problemOf({ place, host }: NamedHost): string {
  return `${place}: ${host} may not be reached: add "${host}" to "net" of permissions.server in deno.json.`;
}
