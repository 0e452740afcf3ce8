import { type App, createApp } from "./app.ts";
import { AgentsError } from "./config/agents.ts";
import { readEnvironment, SettingsError } from "./config/env.ts";
import { shutdownNotice, startupBanner } from "./config/startupBanner.ts";
import { unreachableHosts, unreachableTools } from "./config/hostPermissions.ts";
import { createFragmentGuard } from "./utils/http/fragmentGuard.ts";
import { boundHeapGrowth } from "./utils/heapGrowth.ts";
import { setTimer } from "./utils/clock.ts";
import { exitProcess, keepProcess } from "./utils/processExit.ts";
import { onSignals } from "./utils/signals.ts";
import { createPortPatience } from "./portPatience.ts";
import { envFileWarning } from "./services/setup.ts";
import { beginShutdown, type Shutdown } from "./shutdown.ts";

boundHeapGrowth();

/** For hosts that bring their own socket and import this; started by itself, the server listens. */
export default import.meta.main ? undefined : hostedServer();

if (import.meta.main) await main();

async function main(): Promise<void> {
  keepProcess();
  if (Deno.args.length > 0) {
    console.error("The server takes no arguments: its settings are in .env, as in .env.example.");
    exitProcess(2);
  }
  const warning = await envFileWarning();
  if (warning !== undefined) console.error(warning);
  const app = await createOrExit();
  surviveStrayErrors(app);
  const server = await listenOrExit(app);
  app.listens(server.addr);
  console.log(startupBanner(app, server.addr));
  stopOnSignal(app, () => server.shutdown());
}

function hostedServer() {
  let app: Promise<App> | undefined;
  return {
    /** The server is built at the first request, and where that fails, at the next one again. */
    async fetch(request: Request, info?: Deno.ServeHandlerInfo): Promise<Response> {
      app ??= createHosted().catch((error) => {
        app = undefined;
        throw error;
      });
      return await (await app).fetch(request, { remoteAddress: addressIn(info) });
    },
  };
}

/** Assumes that the host's socket is reachable from outside: API keys are required. */
async function createHosted(): Promise<App> {
  const environment = readEnvironment();
  const app = await createApp(
    { ...environment, HOST: environment["HOST"]?.trim() || "0.0.0.0" },
    { examineAgent: unreachableTools },
  );
  surviveStrayErrors(app);
  await app.listens();
  try {
    stopOnSignal(app, () => Promise.resolve());
  } catch (error) {
    // Not every host has signals: it may stop this without a word, as a crash would.
    app.log.info("Signals not followed", { error });
  }
  return app;
}

async function createOrExit(): Promise<App> {
  try {
    const app = await createApp(readEnvironment(), {
      examineAgent: unreachableTools,
      envPath: ".env",
    });
    const unreachable = unreachableHosts(app);
    if (unreachable.length > 0) throw new SettingsError(unreachable);
    return app;
  } catch (error) {
    if (error instanceof SettingsError || error instanceof AgentsError) {
      console.error(error.message);
      exitProcess(1);
    }
    throw error;
  }
}

/** Waits for a port that a leaving server of the same database holds; exits where another program does. */
async function listenOrExit(app: App): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const { host, port } = app.settings.server;
  const patience = createPortPatience(app, (line) => console.log(line));
  for (;;) {
    try {
      return listen(app);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse && await patience()) continue;
      console.error(whyNotListening(error, host, port));
      exitProcess(1);
    }
  }
}

function listen(app: App): Deno.HttpServer<Deno.NetAddr> {
  const { host: hostname, port } = app.settings.server;
  const watchSocket = createFragmentGuard({
    memory: Deno.memoryUsage,
    now: () => performance.now(),
    setTimer,
    log: app.log,
  });
  return Deno.serve(
    { hostname, port, automaticCompression: true, onListen: () => {} },
    (request, info) => app.fetch(request, { remoteAddress: addressIn(info), watchSocket }),
  );
}

function whyNotListening(error: unknown, host: string, port: number): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Cannot listen: port ${port} is taken by another program. Stop it, or set PORT to another number (a PORT of the shell takes precedence over .env).`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `Cannot listen: ${host} is no address of this machine. Set HOST to 127.0.0.1 or 0.0.0.0.`;
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return `Cannot listen on ${host}:${port}: it is not permitted. Choose a PORT above 1023, or allow it with --allow-net.`;
  }
  return `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}`;
}

/** An unhandled error may end one call, never the process. */
function surviveStrayErrors({ log, incidents }: App): void {
  const report = (error: unknown) =>
    incidents.report({
      code: "stray_error",
      message: `Nothing caught ${error instanceof Error ? error.name : typeof error}: see the log.`,
    });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("Unhandled rejection", { error: event.reason });
    report(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("Uncaught error", { error: event.error });
    report(event.error);
  });
}

/**
 * The first signal lets live calls finish for as long as the settings say, and then hands them over; the
 * second does not wait, the third exits at once. Calls of a database in memory are not handed over.
 */
function stopOnSignal(app: App, stopListening: () => Promise<void>): void {
  let shutdown: Shutdown | undefined;
  let hurried = false;
  const stop = (signal: Deno.Signal) => {
    if (shutdown === undefined) {
      const { registry: { size }, settings, handsOver } = app;
      if (signal === "SIGINT" && size > 0) {
        // Written beside everything else: a terminal that does not read must not keep the calls.
        const screen = `${shutdownNotice(size, settings.server.drainMs, handsOver)}\n`;
        Deno.stdout.write(new TextEncoder().encode(screen)).catch(() => {});
      }
      shutdown = beginShutdown(app, stopListening);
      shutdown.done.catch(() => {}).finally(() => leave(0));
    } else if (hurried || !shutdown.hurry()) leave(1);
    else hurried = true;
  };
  onSignals(["SIGINT", "SIGTERM"], stop);
}

function leave(code: number): void {
  try {
    exitProcess(code);
  } catch {
    // Where changes are watched for, there is no exit, and asking for it throws.
  }
}

function addressIn(info: Deno.ServeHandlerInfo | undefined): string {
  const address = info?.remoteAddr;
  return address !== undefined && "hostname" in address ? address.hostname : "unknown";
}
