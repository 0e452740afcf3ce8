import type { SentenceValues } from "../../utils/sentence.ts";

/** The parts of a set-up that are looked at, in the order in which they are shown. */
export const setupParts = [
  "model",
  "agents",
  "publicUrl",
  "phone",
  "destinations",
  "keys",
  "signIn",
  "sites",
  "limits",
  "prices",
  "store",
  "recordings",
  "disk",
  "webhooks",
  "warnings",
] as const;
export type SetupPart = (typeof setupParts)[number];

/** `off` is a choice, `warning` works with a risk, `broken` does not work. */
export const setupStates = ["ok", "off", "warning", "broken"] as const;
export type SetupState = (typeof setupStates)[number];

/** How one part of the set-up stands. */
export interface SetupCheck {
  readonly part: SetupPart;
  readonly state: SetupState;
  /** A sentence in English; `{name}` stands for one of the values. */
  readonly text: string;
  /** What mends it, in the same form; absent where nothing has to be done. */
  readonly remedy?: string;
  /** Never a secret. */
  readonly values: SentenceValues;
}

/** What a check says of its part. */
export type Finding = Omit<SetupCheck, "part" | "values"> & Partial<Pick<SetupCheck, "values">>;
