import type { Environment } from "../../config/settingReader.ts";
import { newToken } from "../../utils/ids.ts";
import { present } from "../../utils/present.ts";
import { sleep } from "../../utils/sleep.ts";
import { describePortHolder } from "../portHolder.ts";
import { confirms, interruptible, type Terminal } from "../terminal.ts";
import { openConnectMemory, TUNNEL_MEMORY } from "../connect/connectMemory.ts";
import { type Ask, reachOf } from "./reachOf.ts";
import { answersHere, type DevServer } from "./devServer.ts";
import { endLeftProcesses, rememberProcess } from "./leftProcesses.ts";
import { openTunnel, type Tunnel } from "./openTunnel.ts";
import { chooseTunnelNumber, hasAccount, type TunnelNumber } from "./tunnelNumber.ts";
import { findTool, howToInstall } from "./tunnelTools.ts";

export interface TunnelRun {
  /** The settings, those of `.env` included. */
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Where it is remembered how the number was. */
  readonly folder: string;
  /** Ends all of it, in order. */
  readonly signal: AbortSignal;
  readonly ask: Ask;
  readonly startServer: (env: Readonly<Record<string, string>>) => DevServer;
  /** How long a new address may take to be reached. */
  readonly patienceMs?: number;
  /** After how long it is said that the server does not answer yet. */
  readonly lateMs?: number;
}

export interface TunnelOptions {
  /** Undefined takes the first that is installed. */
  readonly tool: string | undefined;
  /** Connects the number without asking. */
  readonly isAgreed: boolean;
}

/** Tunnels that break one after another are not opened for ever. */
const MAX_BREAKS = 5;
const LASTING_MS = 60_000;

/**
 * Runs the server behind a tunnel until the signal aborts, or either ends for good; then the number is as it was,
 * and both are stopped. Resolves with the exit code.
 */
export async function runTunnel(
  { tool: name, isAgreed }: TunnelOptions,
  run: TunnelRun,
): Promise<number> {
  const { environment, folder, signal, ask, startServer, patienceMs, lateMs } = run;
  const { print } = run.terminal;
  const terminal = interruptible(run.terminal, signal);
  const port = portOf(environment);
  if (port === undefined) {
    print("PORT must be a fixed port for a tunnel, such as 8000.");
    return 1;
  }
  const memory = openConnectMemory(`${folder}/${TUNNEL_MEMORY}`);
  // They keep the port, and the way to it.
  await endLeftProcesses(memory, print);
  if (isTaken(port)) {
    print(`Port ${port} is in use by ${await describePortHolder(port)}: stop it, or set PORT.`);
    return 1;
  }
  const found = await findTool(environment["PATH"] ?? "", name);
  if (found === undefined) {
    howToInstall(name).forEach(print);
    return 1;
  }
  const own = ownSettings(environment, print);
  let number: TunnelNumber | undefined;
  let breaks = 0;
  const code = await tunnels().catch((error) => {
    if (signal.aborted) return 0;
    print(error instanceof Error ? error.message : String(error));
    return 1;
  });
  const isRestored = await number?.restore() ?? true;
  return isRestored ? code : 1;

  /** One tunnel after another, until there is no further one. */
  async function tunnels(): Promise<number> {
    for (;;) {
      const beganAt = performance.now();
      const outcome = await once();
      if (outcome !== "broken") return outcome;
      breaks = performance.now() - beganAt > LASTING_MS ? 1 : breaks + 1;
      const { name } = found!.tool;
      if (breaks > MAX_BREAKS) {
        print(`${name} ended ${breaks} times in a row; giving up.`);
        return 1;
      }
      print(`${name} has ended: opening another tunnel, which has an address of its own.`);
      await sleep(1000 * 2 ** (breaks - 1), { signal });
    }
  }

  /** One tunnel, from its beginning to its end. */
  async function once(): Promise<number | "broken"> {
    await using closing = new AsyncDisposableStack();
    const { name } = found!.tool;
    const tunnel = await openTunnel(
      found!,
      port!,
      signal,
      (pid) => rememberProcess(memory, { name, pid }, print),
    );
    closing.defer(tunnel.close);
    const { origin } = tunnel;
    print(`The tunnel has the address ${origin}; looking whether it reaches this machine…`);
    const reach = await reachOf(origin, port!, { ask, signal, ...present({ patienceMs }) });
    if (signal.aborted) return 0;
    if (reach === "reached") print("It does.");
    else if (reach === "other" || !await goesOn(origin)) {
      throw new Error(`${origin} does not reach port ${port} of this machine.`);
    }
    number ??= hasAccount(environment)
      ? await chooseTunnelNumber({ ...environment, ...own }, { origin, folder, terminal, isAgreed })
      : undefined;
    const server = startServer({
      ...own,
      PUBLIC_URL: origin,
      ...(number !== undefined && { TWILIO_PHONE_NUMBER: number.number }),
    });
    let forget = () => {};
    closing.defer(async () => {
      await server.close();
      forget();
    });
    const { groupId: pid } = server;
    if (pid !== undefined) forget = rememberProcess(memory, { name: "the server", pid }, print);
    let stopWaiting = () => Promise.resolve();
    const here = `http://127.0.0.1:${port}`;
    const onLate = () => print(`The server does not answer at ${here} yet; still waiting for it.`);
    const isUp = answersHere(here, server, { signal, onLate, ...present({ lateMs }) });
    if (await Promise.race([isUp, tunnel.ended.then(() => false)])) {
      const isConnected = await number?.connect(origin) === true;
      if (!signal.aborted) tellNext(origin, isConnected ? number?.number : undefined);
      if (isConnected) {
        const until = new AbortController();
        const waiting = number?.wait(AbortSignal.any([signal, until.signal]));
        stopWaiting = async () => {
          until.abort();
          await waiting;
        };
        closing.defer(stopWaiting);
      }
    }
    const outcome = await lastingUntil(tunnel, server);
    if (outcome !== "broken") {
      await stopWaiting();
      // Server and tunnel take seconds to close: calls would fail meanwhile.
      await number?.restore();
    }
    return outcome;
  }

  /** DNS of this machine may know a new address later than Twilio's does. */
  function goesOn(origin: string): Promise<boolean> {
    print(`This machine gets no answer from ${origin}, which may be its own DNS.`);
    return confirms(terminal, "Go on all the same?", false);
  }

  async function lastingUntil(tunnel: Tunnel, server: DevServer): Promise<number | "broken"> {
    const aborted = new Promise<number>((resolve) => {
      if (signal.aborted) resolve(0);
      signal.addEventListener("abort", () => resolve(0), { once: true });
    });
    // Where there are no groups of processes, Ctrl-C ends the tunnel too, as the end of a machine does anywhere.
    const broken = tunnel.ended.then(() => sleep(300, { signal })).then(() => "broken" as const);
    const outcome = await Promise.race([aborted, server.ended, broken]);
    return signal.aborted ? 0 : outcome;
  }

  function tellNext(origin: string, connected: string | undefined): void {
    print("");
    if (connected === undefined && !hasAccount(environment)) {
      print("  For calls by phone, put TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN into .env.");
    }
    print(`  The page: ${origin} (on this machine: http://127.0.0.1:${port})`);
    print(`  Ctrl-C ends the tunnel${connected === undefined ? "" : " and puts the number back"}.`);
    print("");
  }
}

/** What the server needs behind a tunnel, where it is not set: it does not start without keys there. */
function ownSettings(
  environment: Environment,
  print: (line: string) => void,
): Readonly<Record<string, string>> {
  const isSet = (name: string) => (environment[name] ?? "").trim() !== "";
  const key = isSet("API_KEYS") || isSet("OIDC_ISSUER") ? undefined : newToken();
  if (key !== undefined) {
    print(`API_KEYS is not set; for this run the key is ${key}`);
  }
  return {
    HOST: "127.0.0.1",
    // All tools of tunnels write X-Forwarded-For, and at that address nothing else reaches the port from outside.
    ...(!isSet("TRUST_PROXY") && { TRUST_PROXY: "true" }),
    ...(key !== undefined && { API_KEYS: `dev:${key};scopes=admin` }),
  };
}

function portOf(environment: Environment): number | undefined {
  const text = environment["PORT"]?.trim() || "8000";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return true;
  }
}
