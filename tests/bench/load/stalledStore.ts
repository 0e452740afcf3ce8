import type { SqliteRequests } from "../../../src/services/store/sqlite/sqliteWorker.ts";

/** To be run before the server: its first write never comes to an end. */
globalThis.Worker = class extends Worker {
  override postMessage(message: SqliteRequests): void {
    if (!message.requests.some(({ type }) => type === "batch")) super.postMessage(message);
  }
};
