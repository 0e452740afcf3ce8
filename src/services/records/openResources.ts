import { SettingsError } from "../../config/env.ts";
import type { AgentSet } from "../../config/agents.ts";
import { unreachableDatabase } from "../../config/hostPermissions.ts";
import type { Settings } from "../../config/settings.ts";
import { setTimer } from "../../utils/clock.ts";
import { newToken } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { prepareFolder } from "../../utils/writableFolder.ts";
import { findUnpriced, findUnpricedLimits, loadPrices } from "../spending.ts";
import { openStore } from "../store.ts";
import { type CallJournals, createCallJournals } from "./callJournals.ts";

/**
 * Opens the resources that the settings name: the price file, the journal folder and the database.
 * Throws one `SettingsError` with all problems.
 */
export async function openResources(settings: Settings, agents: AgentSet, log: Log) {
  const problems: string[] = [];
  const noteAs = (name: string) => (error: unknown): undefined => {
    problems.push(name + (error instanceof Error ? error.message : String(error)));
  };
  const prices = await loadPrices(settings.records).catch(noteAs(""));
  if (prices !== undefined) {
    problems.push(...findUnpricedLimits(settings, findUnpriced(settings, agents, prices)));
  }
  const journals = await openJournals(settings, log).catch(noteAs("JOURNAL_DIR: "));
  const barred = unreachableDatabase(settings.database);
  if (barred !== undefined) problems.push(barred);
  const store = barred === undefined
    ? await openStore(settings.database, { now: Date.now }).catch(noteAs("DATABASE_URL: "))
    : undefined;
  const pseudonymSecret = await store?.keyValues.getOrSet("pseudonym_secret", newToken())
    .catch(noteAs("DATABASE_URL: "));
  if (problems.length === 0 && prices && store && pseudonymSecret) {
    return {
      store,
      /** Undefined where no journals are kept. */
      journals,
      prices,
      /** Shared by all processes and never changed, so that a caller has one pseudonym. */
      pseudonymSecret,
      async [Symbol.asyncDispose]() {
        await journals?.close();
        await store.close();
      },
    };
  }
  await journals?.close();
  await store?.close();
  throw new SettingsError(problems);
}

async function openJournals(
  { records: { journal } }: Settings,
  log: Log,
): Promise<CallJournals | undefined> {
  if (journal === undefined) return undefined;
  await prepareFolder(journal.dir);
  return createCallJournals({ ...journal, setTimer, log });
}
