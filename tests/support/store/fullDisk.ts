import type { SqliteRequests } from "../../../src/services/store/sqlite/sqliteWorker.ts";

/** The database files that are opened while this lives, and the means to let no more fit on their disk. */
export interface Disk extends Disposable {
  fill(): void;
  free(): void;
}

/** Stands in for a disk: SQLite refuses whatever it would have to write, and reads on. */
export function watchDisk(): Disk {
  const Thread = globalThis.Worker;
  const threads: Worker[] = [];

  globalThis.Worker = class extends Thread {
    constructor(...args: ConstructorParameters<typeof Thread>) {
      super(...args);
      if (args[1]?.name === "sqlite") threads.push(this);
    }
  };

  function setFull(full: boolean): void {
    const sql = `PRAGMA query_only = ${full ? "ON" : "OFF"}`;
    const requests: SqliteRequests = { id: 0, requests: [{ type: "query", sql, values: [] }] };
    for (const thread of threads) thread.postMessage(requests);
  }

  return {
    fill: () => setFull(true),
    free: () => setFull(false),
    [Symbol.dispose]() {
      globalThis.Worker = Thread;
    },
  };
}
