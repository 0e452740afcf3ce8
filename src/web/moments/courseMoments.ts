import type { Moment } from "./moment.ts";
import { t } from "../text.ts";

/** Another agent has the call. */
export function handoffMoment(title: string, atMs: number): Moment {
  return { id: `handoff:${atMs}`, atMs, text: t("The call goes on with {title}.", { title }) };
}

/** A phone menu was heard; without keys nothing was pressed yet. `number` counts them from 1. */
export function menuMoment(number: number, keys: string | undefined, atMs: number): Moment {
  const text = keys === undefined
    ? t("In a phone menu: the agent decides.")
    : t("In a phone menu: the agent pressed {keys}.", { keys });
  return { id: `menu:${number}`, atMs, text };
}

export function holdMoment(on: boolean, atMs: number): Moment {
  return { id: `hold:${on}:${atMs}`, atMs, text: on ? t("On hold.") : t("The hold is over.") };
}
