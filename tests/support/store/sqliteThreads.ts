/** The threads of SQLite that are started while this lives, and the means to have them die. */
export interface SqliteThreads extends Disposable {
  readonly started: number;
  /** Those that are there die now, and those that are started in their place too. */
  break(): void;
  /** The next one lives. */
  mend(): void;
}

export function watchSqliteThreads(): SqliteThreads {
  const Thread = globalThis.Worker;
  let last: Worker | undefined;
  let started = 0;
  let broken = false;

  globalThis.Worker = class extends Thread {
    constructor(...args: ConstructorParameters<typeof Thread>) {
      super(...args);
      if (args[1]?.name !== "sqlite") return;
      last = this;
      started++;
      if (broken) poison(this);
    }
  };

  return {
    get started() {
      return started;
    },
    break() {
      broken = true;
      if (last !== undefined) poison(last);
    },
    mend() {
      broken = false;
    },
    [Symbol.dispose]() {
      globalThis.Worker = Thread;
    },
  };
}

/** A message that is none: what comes of it is thrown outside of any request. */
function poison(thread: Worker): void {
  thread.postMessage(undefined);
}
