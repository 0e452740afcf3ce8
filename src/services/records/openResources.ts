import { SettingsError } from "../../config/env.ts";
import type { AgentSet } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { setTimer } from "../../utils/clock.ts";
import { newToken } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { prepareFolder } from "../../utils/writableFolder.ts";
import { findUnpriced, findUnpricedLimits, loadPrices } from "../spending.ts";
import { type CallJournals, createCallJournals } from "./callJournals.ts";
import type { Database } from "./openDatabase.ts";

export interface OpenResourcesDeps {
  readonly settings: Settings;
  readonly agents: AgentSet;
  /** Is not closed with the resources. */
  readonly database: Pick<Database, "store">;
  readonly log: Log;
}

/**
 * Opens the resources that the settings name: the price file and the journal folder; waits for the database.
 * Throws one `SettingsError` with all problems.
 */
export async function openResources({ settings, agents, database, log }: OpenResourcesDeps) {
  const problems: string[] = [];
  const noteAs = (name: string) => (error: unknown): undefined => {
    problems.push(name + (error instanceof Error ? error.message : String(error)));
  };
  const prices = await loadPrices(settings.records).catch(noteAs(""));
  if (prices !== undefined) {
    problems.push(...findUnpricedLimits(settings, findUnpriced(settings, agents, prices)));
  }
  const journals = await openJournals(settings, log).catch(noteAs("JOURNAL_DIR: "));
  const store = await database.store.catch(noteAs(""));
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
      },
    };
  }
  await journals?.close();
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
