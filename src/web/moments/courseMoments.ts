import type { Moment } from "./moment.ts";

/** Another agent has the call. */
export function handoffMoment(title: string, atMs: number): Moment {
  return { id: `handoff:${atMs}`, atMs, text: `The call goes on with ${title}.` };
}

/** A phone menu was heard; without keys nothing was pressed yet. `number` counts them from 1. */
export function menuMoment(number: number, keys: string | undefined, atMs: number): Moment {
  const what = keys === undefined ? "the agent decides" : `the agent pressed ${keys}`;
  return { id: `menu:${number}`, atMs, text: `In a phone menu: ${what}.` };
}

export function holdMoment(on: boolean, atMs: number): Moment {
  return { id: `hold:${on}:${atMs}`, atMs, text: on ? "On hold." : "The hold is over." };
}
