import { t } from "../text.ts";
import type { Moment } from "./moment.ts";

/** Somebody listens in on a call, by an API key of this name, or does no more. */
export function listeningMoment({ id, key, isOn, atMs }: {
  readonly id: string;
  readonly key: string | null;
  readonly isOn: boolean;
  readonly atMs: number;
}): Moment {
  const who = key ?? t("Somebody");
  const text = isOn ? t("{who} listens in.", { who }) : t("{who} listens no more.", { who });
  return { id: `${id}_${isOn ? "on" : "off"}`, atMs, text };
}
