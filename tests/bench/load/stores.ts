import { ACCOUNT } from "./account.ts";
import { startParley } from "./subject.ts";
import type { TrialPlan } from "./trial.ts";

/**
 * The same server with one store after another, the first of which does nothing. The model says words,
 * so that there is something to write. Files go into the folder.
 */
export function storePlans(folder: string): Readonly<Record<string, TrialPlan>> {
  const words = {
    withWebhook: true,
    talk: { shape: "deltas", framesPerWord: 15 },
  } as const;
  const preload = (name: string) => ({ preload: `tests/bench/load/${name}.ts` });
  const file = { DATABASE_URL: `sqlite:${folder}/calls.db` };
  return {
    "absent": { ...words, start: (url) => startParley(url, ACCOUNT, {}, preload("absentStore")) },
    "sqlite::memory:": { ...words, start: (url) => startParley(url, ACCOUNT) },
    "sqlite:file": { ...words, start: (url) => startParley(url, ACCOUNT, file) },
    "stalled": { ...words, start: (url) => startParley(url, ACCOUNT, {}, preload("stalledStore")) },
  };
}
