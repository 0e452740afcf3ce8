import { type App, type AppOverrides, createApp } from "../app.ts";
import { AgentsError, UnknownDefault } from "../config/agents.ts";
import { readEnvironment, SettingsError } from "../config/env.ts";
import { unreachableTools } from "../config/hostPermissions.ts";
import type { Environment } from "../config/settingReader.ts";
import { envFileWarning } from "../services/setup.ts";
import { isRecord } from "../utils/isRecord.ts";
import { jsonOrUndefined } from "../utils/jsonOrUndefined.ts";
import { exitProcess, keepProcess } from "../utils/processExit.ts";

const USAGE = `Try a tool of an agent, or list its tools.

  deno task tool AGENT
  deno task tool AGENT TOOL '{"number": "17"}'

The tool really runs, with the settings of .env, but without a call. Nothing is kept: tools that use the
server's own database find an empty one. On a running server, use POST /api/agents/AGENT/tools/TOOL/try.`;

/** What a trial needs of the settings; the server's phone, model, keys and database stay out of it. */
const SETTINGS =
  /^(?:AGENTS_DIR|WEBHOOK_SECRET|TOOL_.*|HTTPS_PROXY|https_proxy|ALL_PROXY|all_proxy)$/;

/** Runs the command; returns its exit code: 1 where the tool failed, 2 where it could not be run. */
export async function runTool(
  [agent, tool, args = "{}"]: readonly string[],
  { environment, print, overrides = {} }: {
    readonly environment: Environment;
    readonly print: (line: string) => void;
    readonly overrides?: AppOverrides;
  },
): Promise<number> {
  if (agent === undefined || agent.startsWith("-")) {
    print(USAGE);
    return agent === "--help" || agent === "-h" ? 0 : 2;
  }
  const given = parsed(args);
  if (given === undefined) {
    print(`The arguments are no JSON object: give them such as '{"number": "17"}'.`);
    return 2;
  }
  const kept = Object.entries(environment).filter(([name]) => SETTINGS.test(name));
  let app: App;
  try {
    app = await createApp({
      ...Object.fromEntries(kept),
      DEFAULT_AGENT: agent,
      DATABASE_URL: "sqlite::memory:",
      OPENAI_API_KEY: "rehearsal",
      LOG_LEVEL: "error",
    }, { recordAfterMs: "never", ...overrides });
  } catch (error) {
    if (!(error instanceof AgentsError) && !(error instanceof SettingsError)) throw error;
    print(error instanceof UnknownDefault ? noAgent(agent, error.known) : error.message);
    return 2;
  }
  try {
    const definition = app.agents.get(agent);
    for (const problem of definition === undefined ? [] : unreachableTools(definition)) {
      print(`! ${typeof problem === "string" ? problem : problem.message}`);
    }
    return tool === undefined
      ? await list(app, agent, print)
      : await attempt(app, { agent, tool, args: given, print });
  } finally {
    await app.close();
  }
}

function noAgent(name: string, known: readonly string[]): string {
  return `There is no agent ${name}; there are: ${known.join(", ")}.`;
}

async function list(app: App, agent: string, print: (line: string) => void): Promise<number> {
  const { tools = [], problems = [] } = await ask(app, `/api/agents/${agent}/tools`);
  for (const { name, kind, description } of tools) print(`${name} (${kind}): ${description}`);
  for (const problem of problems) print(`! ${problem}`);
  const { agents = [] } = await ask(app, "/api/agents");
  for (const { name, warnings } of agents) {
    if (name === agent) { for (const { text } of warnings) print(`? ${text}`); }
  }
  if (tools.length === 0 && problems.length === 0) print(`${agent} has no tools.`);
  return problems.length > 0 ? 2 : 0;
}

async function attempt(
  app: App,
  { agent, tool, args, print }: {
    readonly agent: string;
    readonly tool: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly print: (line: string) => void;
  },
): Promise<number> {
  const path = `/api/agents/${agent}/tools/${encodeURIComponent(tool)}/try`;
  const trial = await ask(app, path, { arguments: args });
  if (typeof trial.ok !== "boolean") {
    print(`Cannot try it: ${trial.error}`);
    await list(app, agent, print);
    return 2;
  }
  const { request, notes, fault, effect, ok, error, durationMs, output } = trial;
  if (request !== null) {
    print(`${request.method} ${request.url}`);
    for (const [name, value] of Object.entries(request.headers)) print(`  ${name}: ${value}`);
    if (request.body !== null) print(`  ${request.body}`);
  }
  for (const note of notes) print(`log: ${note}`);
  if (fault !== null) print(fault);
  if (effect !== null) print(`In a call: ${effect}`);
  print(`${ok ? "ok" : `failed: ${error}`}, ${durationMs} ms, the model reads:`);
  print(output);
  return ok ? 0 : 1;
}

/** Sends a request through the router of this process, with all its checks. */
// deno-lint-ignore no-explicit-any -- the answers are the server's own, and checked against its schemas
async function ask(app: App, path: string, body?: unknown): Promise<any> {
  const init = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const request = new Request(`http://localhost${path}`, init);
  return await (await app.fetch(request, { remoteAddress: "127.0.0.1" })).json();
}

function parsed(args: string): Readonly<Record<string, unknown>> | undefined {
  const given = jsonOrUndefined(args);
  return isRecord(given) ? given : undefined;
}

if (import.meta.main) {
  const environment = readEnvironment();
  keepProcess();
  const warning = await envFileWarning();
  if (warning !== undefined) console.error(warning);
  exitProcess(await runTool(Deno.args, { environment, print: (line) => console.log(line) }));
}
