import { describeProblem } from "./agentProblem.ts";
import { fillSentence } from "../utils/sentence.ts";
import type { Agents } from "./agents.ts";
import type { DayLimits, PhoneSettings, Settings } from "./settings.ts";

/** The text printed at start: what is on, what is off and why, what to do next. */
export function startupBanner(
  { settings, engine, agents: loaded, hints: more = [] }: {
    readonly settings: Settings;
    readonly engine: string;
    readonly agents: ShownAgents;
    /** Beyond those of the settings. */
    readonly hints?: readonly string[];
  },
  { hostname, port }: { readonly hostname: string; readonly port: number },
): string {
  const { server, signIn, phone, agents, hints } = settings;
  const unspecified = hostname === "0.0.0.0" || hostname === "::";
  const host = unspecified ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  const lines = [
    ["Parley", `http://${host}:${port}${unspecified ? "  (listening on every address)" : ""}`],
    ["Agent", agentLine(agents.default, loaded)],
    ["Engine", engineLine(engine)],
    ["Phone", phoneLine(phone)],
    ["Records", recordsLine(settings)],
    ["Limits", limitsLine(settings)],
    [
      "API",
      server.apiKeys.length > 0
        ? "on, with API_KEYS; described at /docs"
        : signIn !== undefined
        ? "on, for people who sign in; described at /docs"
        : "off: set API_KEYS to call out; described at /docs",
    ],
    ["Next", "open the address above in a browser, press Start and speak. Ctrl-C stops."],
  ];
  const width = Math.max(...lines.map(([name = ""]) => name.length));
  return [
    "",
    ...lines.map(([name = "", text]) => `  ${name.padEnd(width)}  ${text}`),
    ...faultyLines(loaded),
    ...[...hints.map(fillSentence), ...more].map((hint) => `  ! ${hint}`),
    "",
  ].join("\n");
}

type ShownAgents = Pick<Agents, "get" | "unusable" | "problems">;

function agentLine(name: string, { unusable }: Pick<Agents, "unusable">): string {
  if (!unusable.has(name)) return name;
  return `${name} CANNOT BE USED: its calls hear the fallback message until its file is fixed`;
}

function faultyLines(agents: ShownAgents): readonly string[] {
  return [...agents.problems].flatMap(([name, problems]) => [
    agents.get(name) === undefined
      ? `  ! The agent ${name} cannot be used:`
      : `  ! The agent ${name} is faulty, so the version that calls used last stays in use:`,
    ...problems.map((problem) => `      ${describeProblem(`${name}.md`, problem)}`),
  ]);
}

function phoneLine(phone: PhoneSettings | undefined): string {
  if (phone === undefined) {
    return "off: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_URL are not set";
  }
  const { number, publicUrl, apiUrl } = phone;
  const { hostname, host } = new URL(apiUrl);
  const elsewhere = hostname.endsWith(".twilio.com")
    ? ""
    : `; calling out through ${host}, not Twilio`;
  return `on: ${number}, with its webhook set to ${publicUrl}/twilio/voice${elsewhere}`;
}

/** The text printed on Ctrl-C while calls are live. */
export function shutdownNotice(liveCalls: number, drainMs: number, handsOver: boolean): string {
  const drain = `DRAIN_SECONDS=${drainMs / 1000}`;
  if (handsOver && drainMs === 0) {
    const calls = liveCalls === 1 ? "1 call goes" : `${liveCalls} calls go`;
    return `  ${calls} on in the next server of this database, if it starts within some 20 seconds.`;
  }
  const calls = liveCalls === 1 ? "1 call goes" : `${liveCalls} calls go`;
  const again = handsOver ? "hands over" : "stops at once";
  return `  ${calls} on to the end (${drain}). Ctrl-C again ${again}.`;
}

/** The limits of one call, and of one day. */
function limitsLine({ limits: { callUsd, callMs, server, key, inbound } }: Settings): string {
  const day = ({ dailyUsd, dailyMinutes }: DayLimits) =>
    [
      ...(dailyUsd === undefined ? [] : [`$${dailyUsd}`]),
      ...(dailyMinutes === undefined ? [] : [`${dailyMinutes} minutes`]),
    ].join(" and ") || "no limit";
  const call = `${callUsd === undefined ? "" : `$${callUsd} and `}${callMs / 60_000} minutes`;
  return `${call} a call; a day ${day(server)}, ${day(key)} a key, ${day(inbound)} of calls in`;
}

function recordsLine({ database, records: { retentionDays } }: Settings): string {
  const place = database.kind === "postgres"
    ? `Postgres at ${new URL(database.url).host}`
    : database.path === ":memory:"
    ? "in memory: lost when the server stops"
    : database.path;
  return retentionDays === undefined ? place : `${place}, kept for ${retentionDays} days`;
}

function engineLine(engine: string): string {
  return engine === "rehearsal"
    ? "built-in rehearsal: it speaks but does not understand; set OPENAI_API_KEY for a real one"
    : engine;
}
