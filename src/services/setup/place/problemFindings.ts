import { settingNames } from "../../../config/settingNames.ts";
import { allowHost } from "../allowHost.ts";
import { fixOf } from "../fixOf.ts";
import type { Finding } from "../setupCheck.ts";
import type { EnvFileState } from "./envFile.ts";

/** Settings that no server can start with, one finding for each sentence of `SettingsError`. */
export function settingProblems(
  problems: readonly string[],
  envFile: EnvFileState,
): readonly Finding[] {
  return problems.map((problem): Finding => {
    const barred = barredIn(problem, problem.split(":")[0] ?? "");
    if (barred !== undefined) return barred;
    const named = settingNames.filter((name) => new RegExp(`\\b${name}\\b`).test(problem));
    const [name = ""] = named.toSorted((a, b) => problem.indexOf(a) - problem.indexOf(b));
    if (/\bis missing\b/.test(problem)) return missing(problem, name);
    const line = lineOf(name, envFile);
    return {
      code: named.length > 1 ? "settings_conflict" : "setting_not_usable",
      state: "broken",
      text: "{problem}",
      remedy: line === undefined
        ? "Correct {name} in the environment of the server, which takes precedence over .env."
        : "Correct line {line} of .env: the server does not start with it.",
      values: { problem, name, ...(line !== undefined && { line }) },
    };
  });
}

/** What keeps the agents from being read at all, by the sentences of `AgentsError`. */
export function agentProblems(problems: readonly string[]): readonly Finding[] {
  return problems.map((problem): Finding => ({
    code: problem.startsWith("DEFAULT_AGENT") ? "default_agent_unknown" : "agents_unreadable",
    state: "broken",
    text: "{problem}",
    remedy: problem.startsWith("DEFAULT_AGENT")
      ? "Write the name of one of them into DEFAULT_AGENT: the server does not start without."
      : "Correct it: the server does not start without an agent.",
    values: { problem },
  }));
}

/** What a problem says that is about a host which may not be reached; undefined for another. */
export function barredIn(problem: string, place: string): Finding | undefined {
  const host = BARRED.exec(problem)?.[1];
  return host === undefined ? undefined : barredHost(place, host);
}

/** A host that settings or tools need, and the server may not connect to. */
export function barredHost(place: string, host: string): Finding {
  return {
    code: "host_not_permitted",
    state: "broken",
    text: "{place}: the server may not connect to {host}.",
    ...allowHost(host),
    values: { place, host },
  };
}

function missing(problem: string, name: string): Finding {
  return {
    code: "setting_missing",
    state: "broken",
    text: "{problem}",
    remedy: "Add it to .env: the server does not start without.",
    values: { problem, name },
    ...(name === "API_KEYS" && { fix: fixOf("add_api_key") }),
  };
}

const BARRED = / (\S+) may not be reached: add "/;

function lineOf(name: string, found: EnvFileState): number | undefined {
  return found.state === "read"
    ? found.file.lines.find((line) => line.name === name)?.line
    : undefined;
}
