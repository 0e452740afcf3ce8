import type { Environment } from "../../../config/settingReader.ts";
import { keptMs } from "../../../scenarios/run/keptMs.ts";
import { followTurns, type LiveTurns } from "../../../scenarios/run/words/liveTurns.ts";
import { NotRehearsed } from "../../../scenarios/run/notRehearsed.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { createPhoneNetwork, startTwilioApi } from "../../../sim/twilio/phoneNetwork.ts";
import type { Voice } from "../../../sim/voice/voice.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { needsOwnServer } from "../needsOwnServer.ts";
import { createCallQueue } from "../callQueue.ts";
import { phoneOfServer, type RemotePhone } from "./remotePhone.ts";
import { createRemoteRequest, type RemoteRequest } from "./remoteRequest.ts";
import { remoteToolCheck } from "./remoteToolCheck.ts";

export interface RemoteOptions {
  readonly origin: string;
  readonly key: string | undefined;
  /** The operator's settings here, for the phone. */
  readonly environment: Environment;
  /** Of those who are called, by name; the first where a plan names none. */
  readonly voices: Readonly<Record<string, Voice>>;
  readonly signal: AbortSignal;
  /** Told what could not be checked. */
  readonly print: (line: string) => void;
}

/** A server that was not started for a rehearsal. */
export interface RemoteServer extends AsyncDisposable {
  /** Why scenarios of the phone cannot be acted out; absent where they can. */
  readonly noPhone?: string;
  /** What a scenario is held against. Rejects with `NotRehearsed` where it cannot be acted out there. */
  open(scenario: Scenario, seed: number): Promise<ScenarioServer>;
}

/**
 * Looks at a server that runs elsewhere, and follows its calls. Rejects with a `TypeError` that says what is
 * wrong: nobody answers, it is something else, the key may not do what this takes.
 */
export async function reachServer(
  { origin, key, environment, voices, signal, print }: RemoteOptions,
): Promise<RemoteServer> {
  const request = createRemoteRequest({ origin, key, signal });
  await requireParley(origin, request);
  const may = await requireKey(origin, key, request);
  const phone: RemotePhone = may.includes("calls:all")
    ? await phoneOfServer(environment, request)
    : { missing: "the key does not see inbound calls: it lacks the scope calls:all" };
  const turns = await followTurns(async (lastId) => {
    const headers: HeadersInit = lastId === undefined ? [] : { "Last-Event-ID": lastId };
    const events = await request("/api/events", { headers });
    if (!events.ok) throw new TypeError(await refusal(origin, events, "/api/events"));
    return events;
  });
  const checkRemoteTools = remoteToolCheck(request);
  // Of phone calls: the server knows one address of Twilio's API.
  const waitForTurn = createCallQueue();

  return {
    ...("missing" in phone && { noPhone: phone.missing }),
    async open(scenario, seed) {
      const reason = whyNot(scenario, phone);
      if (reason !== undefined) throw new NotRehearsed(reason);
      const unchecked = await checkRemoteTools(scenario);
      if (unchecked !== undefined) print(`${scenario.name}: ${unchecked}`);
      const release = scenario.leg === "phone" ? await waitForTurn() : () => {};
      try {
        return open({ scenario, seed, origin, phone, voices, request, turns, release });
      } catch (error) {
        release();
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => turns.close(),
  };
}

function whyNot(scenario: Scenario, phone: RemotePhone): string | undefined {
  return needsOwnServer(scenario) ??
    (scenario.leg === "phone" && "missing" in phone ? phone.missing : undefined);
}

function open(
  {
    scenario: { agent, called, leg, maxMs, numbers },
    seed,
    origin,
    phone,
    voices,
    request,
    turns,
    release,
  }:
    & Pick<RemoteOptions, "origin" | "voices">
    & {
      readonly scenario: Scenario;
      readonly seed: number;
      readonly phone: RemotePhone;
      readonly request: RemoteRequest;
      readonly turns: LiveTurns;
      readonly release: () => void;
    },
): ScenarioServer {
  const { account, publicUrl, apiPort } = "missing" in phone ? nobody : phone;
  const network = createPhoneNetwork({
    ...{ account, publicUrl, numbers, voices, seed },
    baseUrl: origin,
    statusPath: "/twilio/status",
    voicePath: agent === undefined ? "/twilio/voice" : `/twilio/voice?agent=${agent}`,
    voice: Object.values(voices)[0],
    ...(called !== undefined && { otherNumbers: called }),
    line: { keepHeardMs: keptMs(maxMs), keepSaidMs: keptMs(maxMs) },
  });
  const api = leg === "phone" ? startApi(network, apiPort) : undefined;
  return {
    ...{ network, origin, turns, request },
    async [Symbol.asyncDispose]() {
      await network.close();
      await api?.close();
      release();
    },
  };
}

/** For browsers: no phone of it ever rings. */
const nobody = {
  account: { accountSid: `AC${"0".repeat(32)}`, authToken: "none", number: "+12025550100" },
  publicUrl: "https://parley.example",
  apiPort: 0,
};

function startApi(network: Parameters<typeof startTwilioApi>[0], port: number) {
  try {
    return startTwilioApi(network, { port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new NotRehearsed(
      `port ${port} of TWILIO_API_URL is in use: end "deno task phone", which answers there`,
    );
  }
}

async function requireParley(origin: string, request: RemoteRequest): Promise<void> {
  const answer = await request("/health");
  const health = await jsonOf(answer);
  if (typeof health?.["status"] === "string" && isRecord(health["calls"])) return;
  throw new TypeError(`${origin} is no Parley server: /health answers with ${answer.status}.`);
}

/** What the key may do. */
async function requireKey(
  origin: string,
  key: string | undefined,
  request: RemoteRequest,
): Promise<readonly unknown[]> {
  const answer = await request("/api/me");
  const me = await jsonOf(answer);
  if (answer.status === 404) {
    throw new TypeError(
      `${origin} is of an earlier version, which cannot be rehearsed from here: update it first.`,
    );
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new TypeError(
      key === undefined
        ? `${origin} asks for an API key: give it with --key-file FILE, or in PARLEY_KEY.`
        : `${origin} does not accept this API key (${answer.status}).`,
    );
  }
  const may: readonly unknown[] = Array.isArray(me?.["may"]) ? me["may"] : [];
  if (!answer.ok || me === undefined) throw new TypeError(told(origin, answer.status, me));
  const missing = ["calls:create", "calls:read"].filter((scope) => !may.includes(scope));
  if (missing.length > 0) {
    throw new TypeError(`The API key lacks the scopes ${missing.join(" and ")} at ${origin}.`);
  }
  return may;
}

async function refusal(origin: string, answer: Response, path: string): Promise<string> {
  return told(`${origin}${path}`, answer.status, await jsonOf(answer));
}

function told(where: string, status: number, body: Record<string, unknown> | undefined): string {
  const sentence = typeof body?.["error"] === "string" ? `: ${body["error"].slice(0, 300)}` : "";
  return `${where} answers with ${status}${sentence}`;
}

async function jsonOf(answer: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse((await answer.text()).slice(0, 100_000));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
