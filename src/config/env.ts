import { readAnalysis } from "./analysisSettings.ts";
import { readEmbeddings } from "./embeddingSettings.ts";
import { checkExposure } from "./exposureCheck.ts";
import { readLimits } from "./limitSettings.ts";
import { NAME } from "./names.ts";
import { readOutbound } from "./outboundSettings.ts";
import { readPhone } from "./phoneSettings.ts";
import { readDatabase, readRecords } from "./recordSettings.ts";
import { readRecordings } from "./recordingSettings.ts";
import { readSms } from "./smsSettings.ts";
import { readSignIn } from "./signInSettings.ts";
import { readServer } from "./serverSettings.ts";
import { likelyMisspellings, settingNames } from "./settingNames.ts";
import { type Environment, SettingReader } from "./settingReader.ts";
import { isShared, type Settings } from "./settings.ts";
import { readCallUrl } from "./callUrlSettings.ts";
import type { ToolVariable } from "./toolVariables.ts";
import { readSigningSecrets, readWebhook } from "./webhookSettings.ts";
import { present } from "../utils/present.ts";
import { fillSentence } from "../utils/sentence.ts";
import { settingHints } from "./settingHints.ts";

/** All problems of the settings, one sentence each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  constructor(readonly problems: readonly string[], readonly hints: readonly string[] = []) {
    super(
      `Cannot use these settings:\n${[...problems, ...hints].map((it) => `- ${it}`).join("\n")}`,
    );
  }
}

/**
 * The process environment, as far as it may be read. Where only single names are permitted, the
 * settings and their likely misspellings are read one by one.
 */
export function readEnvironment(): Environment {
  try {
    return Deno.env.toObject();
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal;
  }
  const environment: Record<string, string> = {};
  for (const name of [...settingNames, ...proxyNames, ...likelyMisspellings()]) {
    try {
      const value = Deno.env.get(name);
      if (value !== undefined) environment[name] = value;
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
    }
  }
  return environment;
}

/** One variable of the process, for tools; it may be one that is not read with the settings. */
export function readVariable(name: string): ToolVariable {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") return { state: "denied" };
  const value = Deno.env.get(name)?.trim();
  return value === undefined || value === "" ? { state: "unset" } : { state: "set", value };
}

/** Checks every setting and fills in the defaults. Throws `SettingsError` with all problems at once. */
export function readSettings(environment: Environment): Settings {
  const { settings, problems } = readAllSettings(environment);
  if (problems.length > 0) throw new SettingsError(problems, settings.hints.map(fillSentence));
  return settings;
}

/** Reads the settings without a judgement on the whole: each that has a problem is as if it were not set. */
export function readAllSettings(
  environment: Environment,
): { readonly settings: Settings; readonly problems: readonly string[] } {
  const read = new SettingReader(environment);
  const database = readDatabase(read);
  const openai = readOpenAI(read);
  const isRehearsal = openai.apiKey === undefined && openai.url === OPENAI_URL;
  const server = readServer(read, { handsOver: isShared(database), isRehearsal });
  const signIn = readSignIn(read, server);
  const phone = readPhone(read, server.publicUrl);
  checkExposure(read, { server, phone, isRehearsal });
  const signingSecrets = readSigningSecrets(read);
  const webhook = readWebhook(read, signingSecrets);
  const callUrl = readCallUrl(read, signingSecrets);
  const outbound = readOutbound(read, { isRehearsal });
  const analysis = readAnalysis(read, { openaiKey: openai.apiKey, isRehearsal });
  const embeddings = readEmbeddings(read);
  const limits = readLimits(read, { outbound, isRehearsal });
  const hints = settingHints(environment, { server, signIn }, read.off);
  const settings: Settings = {
    server,
    ...present({ signIn }),
    openai,
    ...present({ phone, analysis, embeddings }),
    database,
    records: readRecords(read),
    recordings: readRecordings(read),
    agents: {
      dir: read.text("AGENTS_DIR") ?? "src/agents",
      default: read.matching(
        "DEFAULT_AGENT",
        NAME,
        "must be the name of an agent's file without .md: lower-case letters, digits, - and _.",
      ) ?? "receptionist",
    },
    outbound,
    sms: readSms(read),
    limits,
    ...present({ webhook, callUrl }),
    signingSecrets,
    tools: {
      privateHosts: readHosts(read, "TOOL_PRIVATE_HOSTS"),
      isProxied: isProxied(read),
    },
    log: {
      level: read.choice("LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
      format: read.choice("LOG_FORMAT", ["auto", "json", "pretty"], "auto"),
    },
    hints,
  };
  return { settings, problems: read.problems };
}

function readOpenAI(read: SettingReader): Settings["openai"] {
  const key = read.text("OPENAI_API_KEY");
  const url = readRealtimeUrl(read);
  if (key === "rehearsal" && url !== OPENAI_URL) {
    read.problem(
      "OPENAI_API_KEY=rehearsal selects the built-in engine, and OPENAI_REALTIME_URL another one: leave one of them out.",
    );
  }
  return {
    ...(key !== undefined && key !== "rehearsal" && { apiKey: key }),
    auth: read.choice("OPENAI_AUTH", ["auto", "bearer", "api-key"], "auto"),
    url,
    model: read.text("OPENAI_MODEL") ?? "gpt-realtime-2.1",
    socket: readSocket(read),
    groupMs: read.whole("AUDIO_GROUP_MS", 100, { min: 0, max: 100 }),
  };
}

/** `auto`: without delay, unless the server is behind a proxy, through which only the other connects. */
function readSocket(read: SettingReader): "nodelay" | "native" {
  const chosen = read.choice("OPENAI_SOCKET", ["auto", "nodelay", "native"], "auto");
  if (chosen !== "auto") return chosen;
  return isProxied(read) ? "native" : "nodelay";
}

function isProxied(read: SettingReader): boolean {
  return proxyNames.some((name) => read.text(name) !== undefined);
}

function readHosts(read: SettingReader, name: string): readonly string[] {
  const hosts = read.list(name);
  const wrong = hosts.find((host) => !/^[\w-]+(?:\.[\w-]+)*$/.test(host));
  if (wrong !== undefined) {
    read.problem(
      `${name} has "${
        wrong.slice(0, 60)
      }": give names of hosts such as crm.example.internal, without a port.`,
    );
  }
  return hosts.map((host) => host.toLowerCase());
}

/** Variables by which Deno's own clients, and only they, connect through a proxy. */
const proxyNames = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

function readRealtimeUrl(read: SettingReader): string {
  const url = read.url(
    "OPENAI_REALTIME_URL",
    OPENAI_URL,
    ", unless the server is on this machine: the key and the audio would be sent unencrypted.",
  );
  if (url === undefined) return OPENAI_URL;
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    read.problem(
      "OPENAI_REALTIME_URL must have no user name, password or fragment: a key belongs in OPENAI_API_KEY.",
    );
  }
  return url.href;
}

const OPENAI_URL = "wss://api.openai.com/v1/realtime";

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
}
