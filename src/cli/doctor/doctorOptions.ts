import { parseArgs } from "node:util";

/** Printed for `--help`. */
export const doctorUsage = `Say what is wrong with the set-up, why, and what mends it.

  deno task doctor            look, and change nothing
  deno task doctor --fix      ask before each change that this command can make itself
  deno task doctor --fix --yes    make them, but for a host that only the server names: it asks
  deno task doctor --json     for programs

A server that runs with the settings of .env is asked; without one, the files are looked at. No call is placed
and nothing is sent but questions. docs/doctor.md describes each code.

It ends with 0 where nothing is broken, with 1 where something is, and with 2 where it could not look.`;

export interface DoctorOptions {
  readonly isHelp: boolean;
  readonly isJson: boolean;
  readonly isFixing: boolean;
  /** Whether changes are made without asking. */
  readonly isYes: boolean;
}

/** Reads the arguments. Throws a `TypeError` that says what is wrong with them. */
export function readDoctorOptions(args: readonly string[]): DoctorOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h" },
      json: { type: "boolean" },
      fix: { type: "boolean" },
      yes: { type: "boolean" },
    },
  });
  const { help = false, json = false, fix = false, yes = false } = values;
  if (yes && !fix) throw new TypeError("--yes goes with --fix: it answers what --fix asks");
  if (json && fix && !yes) {
    throw new TypeError("--json --fix asks nothing: add --yes, or leave --json out");
  }
  return { isHelp: help, isJson: json, isFixing: fix, isYes: yes };
}
