import { nearestSetting, settingNames } from "../../../config/settingNames.ts";
import type { Environment } from "../../../config/settingReader.ts";
import { fixOf } from "../fixOf.ts";
import type { Finding } from "../setupCheck.ts";
import type { EnvFileState, EnvLine } from "./envFile.ts";
import { envFileFault } from "./envFileFault.ts";

/** A file that has more faults is another kind of file. */
const MAX_OF_A_KIND = 20;

/** What is wrong with the file of settings itself, beside its values. */
export function envFileFindings(
  found: EnvFileState,
  { environment, isReadable, startedAt }: {
    readonly environment: Environment;
    /** Whether the server may read a variable of that name. */
    readonly isReadable: (name: string) => boolean;
    /** Milliseconds since 1970; undefined where no server runs. */
    readonly startedAt: number | undefined;
  },
): readonly Finding[] {
  if (found.state === "absent") {
    // Settings may come from the environment, as in a container.
    return settingNames.some((name) => (environment[name] ?? "") !== "") ? [] : [ABSENT];
  }
  if (found.state !== "read") {
    const fault = envFileFault(found);
    return fault === undefined ? [] : [fault];
  }
  const { lines, unreadable, isOpen, modifiedAt } = found.file;
  const names = new Set(lines.map(({ name }) => name));
  const isChanged = startedAt !== undefined && modifiedAt !== undefined && modifiedAt > startedAt;
  return [
    ...(isOpen === true ? [OPEN] : []),
    ...unreadable.slice(0, MAX_OF_A_KIND).map(unreadableLine),
    ...lines.flatMap((line) => unknownName(line, { names, isReadable }) ?? [])
      .slice(0, MAX_OF_A_KIND),
    ...repeated(lines).slice(0, MAX_OF_A_KIND),
    ...expanded(lines, environment).slice(0, MAX_OF_A_KIND),
    ...lines.flatMap((line) => isKnown(line.name) && !isReadable(line.name) ? [barred(line)] : [])
      .slice(0, MAX_OF_A_KIND),
    ...(isChanged
      ? [CHANGED]
      : lines.flatMap((line) => overridden(line, { lines, environment }) ?? [])
        .slice(0, MAX_OF_A_KIND)),
  ];
}

const ABSENT: Finding = {
  code: "env_file_missing",
  state: "off",
  text: "There is no file .env: every setting has its default.",
  remedy: "Copy .env.example to .env, and write settings into it.",
  fix: fixOf("create_env_file"),
};

const OPEN: Finding = {
  code: "env_file_open",
  state: "warning",
  text: "Other users of this machine may read .env, which holds secrets.",
  remedy: "Let its owner alone read it: chmod 600 .env.",
  fix: fixOf("protect_env_file"),
};

const CHANGED: Finding = {
  code: "env_file_changed",
  state: "warning",
  text: "The file .env was changed after this server started.",
  remedy: "Start the server again: settings count from its start.",
};

function unreadableLine(line: number): Finding {
  return {
    code: "env_line_not_understood",
    state: "warning",
    text: "Line {line} of .env is not understood, and has no effect.",
    remedy: "Write it as NAME=value, or put # before it.",
    values: { line },
  };
}

function unknownName(
  { name, line }: EnvLine,
  { names, isReadable }: {
    readonly names: ReadonlySet<string>;
    readonly isReadable: (name: string) => boolean;
  },
): Finding | undefined {
  if (isKnown(name) || OTHERS.test(name)) return undefined;
  const meant = nearestSetting(name);
  const values = { name: name.slice(0, 80), line };
  if (meant !== undefined && !names.has(meant)) {
    return {
      code: "setting_misspelt",
      state: "warning",
      text: "{name} in line {line} of .env is not a setting: did you mean {meant}?",
      remedy: "Write {meant} in place of {name} in .env, and start the server again.",
      values: { ...values, meant },
      fix: fixOf("rename_setting", { ...values, meant }),
    };
  }
  // A variable of a tool, which deno.json lets the server read.
  if (meant === undefined && isReadable(name) && !FAMILY.test(name)) return undefined;
  return {
    code: "setting_unknown",
    state: "warning",
    text: "{name} in line {line} of .env is not a setting, and has no effect.",
    remedy:
      "Take the line out, or correct the name by .env.example; variables of tools begin with TOOL_.",
    values,
  };
}

/** Of two lines of one name, the first counts. */
function repeated(lines: readonly EnvLine[]): readonly Finding[] {
  const first = new Map<string, number>();
  return lines.flatMap(({ name, line }): readonly Finding[] => {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, line);
      return [];
    }
    return [{
      code: "setting_repeated",
      state: "warning",
      text: "{name} stands twice in .env: line {earlier} counts, line {line} has no effect.",
      remedy: "Take one of the two lines out.",
      values: { name: name.slice(0, 80), line, earlier },
    }];
  });
}

/** What Deno replaces in values; where a variable of that name is known, it is meant to. */
function expanded(lines: readonly EnvLine[], environment: Environment): readonly Finding[] {
  const earlier = new Set<string>();
  return lines.flatMap(({ name, line, references = [] }): readonly Finding[] => {
    const isMeant = references.every(({ name, inBraces }) =>
      earlier.has(name) || environment[name] !== undefined ||
      (inBraces && /^[A-Z][A-Z0-9_]*$/.test(name))
    );
    earlier.add(name);
    if (isMeant) return [];
    return [{
      code: "env_value_expanded",
      state: "warning",
      text:
        "The value of {name} in line {line} of .env is cut: $ and the word behind it stand for another variable, which is not set.",
      remedy: "Put the value into single quotes, in which $ stands for itself.",
      values: { name: name.slice(0, 80), line },
    }];
  });
}

/** Where the shell, a container or a service has set the same name before the file was read. */
function overridden(
  { name, line, plain }: EnvLine,
  { lines, environment }: {
    readonly lines: readonly EnvLine[];
    readonly environment: Environment;
  },
): Finding | undefined {
  const value = environment[name];
  const isFirst = lines.find((each) => each.name === name)?.line === line;
  if (!isKnown(name) || !isFirst || plain === undefined || value === undefined) return undefined;
  if (value.trim() === plain) return undefined;
  return {
    code: "setting_overridden",
    state: "warning",
    text: "{name} in line {line} of .env has no effect: the environment has another value.",
    remedy:
      "Take {name} out of the shell, the container or the service that sets it (unset {name}).",
    values: { name, line },
  };
}

function barred({ name, line }: EnvLine): Finding {
  return {
    code: "setting_not_permitted",
    state: "broken",
    text: "{name} in line {line} of .env has no effect: the server may not read it.",
    remedy: 'Add "{name}" to env.allow of permissions.server in deno.json.',
    values: { name, line },
    fix: fixOf("allow_variable", { name }),
  };
}

const known: ReadonlySet<string> = new Set(settingNames);

function isKnown(name: string): boolean {
  return known.has(name);
}

/** Variables of tools, of Deno and of the system. */
const OTHERS = /^(?:TOOL_|DENO_|NODE_|NPM_|SSL_|TZ$|LANG|LC_|NO_COLOR$|(?:HTTPS?|ALL|NO)_PROXY$)/i;

/** How the names of settings begin that have relatives. */
const FAMILY =
  /^(?:OPENAI|ANALYSIS|TWILIO|KNOWLEDGE|OUTBOUND|OIDC|SIGN_IN|SMS|RECORDING|RECORDINGS|WEBHOOK|TRANSFER|INBOUND|LOG|JOURNAL)_/;
