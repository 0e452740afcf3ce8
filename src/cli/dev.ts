import { parseArgs } from "node:util";
import { SettingsError } from "../config/env.ts";
import { interruptions } from "./interruptions.ts";
import { parseSettings } from "./settingsFile.ts";
import { ownTerminal } from "./terminal.ts";
import { startDevServer } from "./tunnel/devServer.ts";
import { runTunnel, type TunnelOptions } from "./tunnel/runTunnel.ts";
import { tunnelTools } from "./tunnel/tunnelTools.ts";

const usage = `Run the server, and again at every change.

  deno task dev
  deno task dev --tunnel            behind the first of ${names()} that is installed
  deno task dev --tunnel=NAME       behind that one
    --yes                           connects TWILIO_PHONE_NUMBER without asking

With a tunnel, PUBLIC_URL is the tunnel's address, and the number is connected to it after asking; at the end,
also by Ctrl-C, the number is as it was. docs/connect.md has more.`;

/** Reads the arguments; undefined for the server alone. Throws a `TypeError` that says what is wrong with them. */
export function readDevOptions(
  args: readonly string[],
): { readonly help: boolean; readonly tunnel: TunnelOptions | undefined } {
  const isBare = args.includes("--tunnel");
  const { values } = parseArgs({
    args: args.map((arg) => arg === "--tunnel" ? "--tunnel=" : arg),
    options: {
      help: { type: "boolean", short: "h" },
      tunnel: { type: "string" },
      yes: { type: "boolean", short: "y" },
    },
  });
  const { help = false, tunnel, yes: isAgreed = false } = values;
  const tool = isBare || tunnel === "" ? undefined : tunnel;
  if (tool !== undefined && !tunnelTools.some(({ name }) => name === tool)) {
    throw new TypeError(`--tunnel takes ${names()}: not "${tool.slice(0, 40)}"`);
  }
  return { help, tunnel: tunnel === undefined ? undefined : { tool, isAgreed } };
}

/** The process environment comes before `.env`, as for the server. */
function readSettingsFile(): Readonly<Record<string, string | undefined>> {
  try {
    return parseSettings(Deno.readTextFileSync(".env"), (name) => Deno.env.get(name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

async function serve(): Promise<number> {
  const server = startDevServer();
  // Ctrl-C reaches the server by itself.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") {
    for (const name of ["SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(name, () => server.signal(name));
    }
  }
  return await server.ended;
}

async function tunnel(options: TunnelOptions): Promise<number> {
  // All of it ends within seconds: a further Ctrl-C has nothing to hurry.
  const end = interruptions(() => {}, { hangUps: true });
  return await runTunnel(options, {
    environment: { ...readSettingsFile(), ...Deno.env.toObject() },
    terminal: ownTerminal(),
    folder: "data",
    signal: end,
    ask: fetch,
    startServer: (env) => startDevServer(env, { apart: true }),
  });
}

function names(): string {
  return tunnelTools.map(({ name }) => name).join(", ");
}

if (import.meta.main) {
  try {
    const options = readDevOptions(Deno.args);
    if (options.help) console.log(usage);
    else Deno.exit(options.tunnel === undefined ? await serve() : await tunnel(options.tunnel));
  } catch (error) {
    const isTold = error instanceof TypeError || error instanceof SettingsError;
    console.error(isTold ? error.message : error);
    Deno.exit(2);
  }
}
