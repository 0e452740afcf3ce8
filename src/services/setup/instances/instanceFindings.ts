import type { KnownInstance } from "../../store.ts";
import type { Finding } from "../setupCheck.ts";

/** What came of asking another process. */
export interface InstanceAnswer {
  readonly instance: KnownInstance;
  readonly is: "heard" | "deaf" | "older";
  /** How far its clock is ahead of this one's; half the way there and back is not counted. */
  readonly aheadMs?: number;
  /** Undefined where it cannot tell. */
  readonly version?: string | undefined;
}

/** Three heartbeats missed. */
export const SILENT_MS = 30_000;
/** What signatures and tokens of other services bear, several times over. */
const CLOCK_MS = 5000;

/** What is wrong between this process and the others of its database; all in order as one finding. */
export function instanceFindings(
  { answers, silent, version }: {
    readonly answers: readonly InstanceAnswer[];
    readonly silent: readonly KnownInstance[];
    readonly version: string | undefined;
  },
): readonly Finding[] {
  const of = (fits: (answer: InstanceAnswer) => boolean) =>
    answers.filter(fits).map(({ instance }) => instance);
  const deaf = of(({ is }) => is === "deaf");
  const other = of(({ is, version: its }) =>
    is === "older" || (its !== undefined && version !== undefined && its !== version)
  );
  const wrong = answers.filter(({ aheadMs = 0 }) => Math.abs(aheadMs) > CLOCK_MS);
  const found = [
    ...deaf.length === 0 ? [] : [deafFinding(deaf)],
    ...silent.length === 0 ? [] : [silentFinding(silent)],
    ...wrong.map(({ instance, aheadMs = 0 }) => clockFinding(instance, aheadMs)),
    ...other.length === 0 ? [] : [versionFinding(other)],
  ];
  if (found.length > 0) return found;
  return [{
    code: "instances_ok",
    state: "ok",
    text: "This instance and {names} hear each other, with the same version and time.",
    values: { names: namesOf(answers.map(({ instance }) => instance)) },
  }];
}

/** Processes on a database file cannot hear each other. */
export function fileFinding(others: readonly KnownInstance[]): Finding {
  return {
    code: "instances_share_file",
    state: "warning",
    text:
      "{names} use the same database file as this instance: live calls and revoked keys of one are not known to the other.",
    remedy:
      "Stop all but one, or set DATABASE_URL to a Postgres database. While one takes over from another, this passes by itself.",
    values: { names: namesOf(others) },
  };
}

function deafFinding(deaf: readonly KnownInstance[]): Finding {
  return {
    code: "instance_deaf",
    state: "broken",
    text:
      "{names} and this instance do not hear each other: actions on live calls and revoked keys do not arrive.",
    remedy:
      'Set DATABASE_URL to Postgres itself, or to a pooler in session mode: LISTEN does not pass one in transaction mode. Its log says "Bus echo missing" or "Bus not connected yet".',
    values: { names: namesOf(deaf) },
  };
}

function silentFinding(silent: readonly KnownInstance[]): Finding {
  return {
    code: "instance_silent",
    state: "warning",
    text: "{names} has given no sign of life for {seconds} s.",
    remedy:
      "See whether it still runs. If it does not, its calls are taken over by the others within two minutes.",
    values: {
      names: namesOf(silent),
      seconds: Math.round(Math.max(...silent.map(({ ageMs }) => ageMs)) / 1000),
    },
  };
}

function clockFinding(instance: KnownInstance, aheadMs: number): Finding {
  return {
    code: "instance_clock",
    state: "warning",
    text: aheadMs > 0
      ? "The clock of {names} is {seconds} s ahead of this instance's."
      : "The clock of {names} is {seconds} s behind this instance's.",
    remedy: "Have both systems keep their time by NTP: timedatectl set-ntp true.",
    values: { names: namesOf([instance]), seconds: Math.round(Math.abs(aheadMs) / 1000) },
  };
}

function versionFinding(others: readonly KnownInstance[]): Finding {
  return {
    code: "instance_other_version",
    state: "warning",
    text: "{names} runs another version of the server than this instance.",
    remedy:
      "Bring all to the same version, and start them again. During an update this passes by itself.",
    values: { names: namesOf(others) },
  };
}

function namesOf(instances: readonly KnownInstance[]): string {
  return instances.map(({ place, instanceId }) => place ?? instanceId).join(", ");
}
