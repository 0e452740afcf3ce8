import type {
  SqliteAnswers,
  SqliteRequests,
} from "../../../src/services/store/sqlite/sqliteWorker.ts";

/** To be run before the server: nothing is written, and that at once. */
globalThis.Worker = class extends Worker {
  override postMessage(message: SqliteRequests): void {
    const { id, requests } = message;
    if (!requests.every(({ type }) => type === "batch")) return super.postMessage(message);
    const data: SqliteAnswers = { id, answers: requests.map(() => ({ ok: true, rows: [] })) };
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data })));
  }
};
