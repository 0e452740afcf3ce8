import type { Sentence, SentenceValues } from "../../utils/sentence.ts";
import type { FindingCode } from "./findingCodes.ts";

/** The parts of a set-up that are looked at, in the order in which they are shown. */
export const setupParts = [
  "model",
  "clock",
  "agents",
  "tools",
  "publicUrl",
  "phone",
  "alerts",
  "destinations",
  "texts",
  "keys",
  "signIn",
  "sites",
  "limits",
  "prices",
  "store",
  "instances",
  "recordings",
  "disk",
  "webhooks",
  "machine",
  "warnings",
] as const;
export type SetupPart = (typeof setupParts)[number];

/** `off` is a choice, `warning` works with a risk, `broken` does not work. */
export const setupStates = ["ok", "off", "warning", "broken"] as const;
export type SetupState = (typeof setupStates)[number];

/** What `deno task doctor --fix` can change, each only after a yes. */
export const fixCodes = [
  "create_env_file",
  "protect_env_file",
  "rename_setting",
  "allow_variable",
  "allow_host",
  "add_api_key",
  "add_recording_key",
  "allow_path",
  "connect_number",
] as const;
export type FixCode = (typeof fixCodes)[number];

/** A change that the operator's command can make in place of the remedy; it makes none by itself. */
export interface Fix extends Sentence {
  readonly code: FixCode;
  /** What will be changed, and to what: a sentence in English. */
  readonly text: string;
  /** What the change is made with, also where the sentence does not have it. Never a secret. */
  readonly values?: SentenceValues;
}

/** One finding about a part of the set-up; a part may have several. */
export interface SetupCheck {
  readonly part: SetupPart;
  readonly code: FindingCode;
  readonly state: SetupState;
  /** A sentence in English; `{name}` stands for one of the values. */
  readonly text: string;
  /** What mends it, in the same form; absent where nothing has to be done. */
  readonly remedy?: string;
  /** Never a secret. */
  readonly values: SentenceValues;
  readonly fix?: Fix;
}

/** What is found, before it is put to its part. */
export type Finding = Omit<SetupCheck, "part" | "values"> & Partial<Pick<SetupCheck, "values">>;

export function check(part: SetupPart, { values = {}, ...finding }: Finding): SetupCheck {
  return { part, ...finding, values };
}
