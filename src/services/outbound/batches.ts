import type { Batch, BatchFigures, BatchItem, BatchResult } from "../store.ts";
import { type BatchControlDeps, createBatchControl } from "./batch/batchControl.ts";
import { type BatchIntakeDeps, createBatchIntake } from "./batch/batchIntake.ts";
import { type BatchFeederDeps, createBatchFeeder } from "./batchFeeder.ts";
import type { Dialer } from "./dialer.ts";
import { awaitStore } from "./outboundErrors.ts";
import type { Asker } from "./placedCallControl.ts";

export interface BatchState {
  readonly batch: Batch;
  readonly items: readonly BatchItem[];
}

export interface BatchDetail {
  readonly batch: Batch;
  readonly figures: BatchFigures;
  readonly events: readonly {
    readonly type: string;
    readonly at: number;
    readonly reason?: string;
  }[];
}

type OutboundBatchesDeps = BatchControlDeps & BatchIntakeDeps & BatchFeederDeps & {
  readonly dialer: Pick<Dialer, "onDequeued">;
};

/** Lists of calls, placed one after another. */
export function createOutboundBatches(deps: OutboundBatchesDeps) {
  const { batchStore, dialer, now } = deps;
  const feeder = createBatchFeeder(deps);
  dialer.onDequeued(({ batch }) => {
    if (batch !== undefined) feeder.wake();
  });
  const intake = createBatchIntake({ ...deps, onStored: feeder.wake });
  const control = createBatchControl({ ...deps, onChanged: feeder.wake });

  return {
    ...intake,
    ...control,
    async state(
      id: string,
      asker: Asker,
      page: { readonly limit: number; readonly after?: number },
    ): Promise<BatchState | undefined> {
      const batch = await control.find(id, asker);
      return batch && { batch, items: await awaitStore(batchStore.items(id, page)) };
    },
    async detail(id: string, asker: Asker): Promise<BatchDetail | undefined> {
      const batch = await control.find(id, asker);
      if (batch === undefined) return undefined;
      const [figures, events] = await Promise.all([
        awaitStore(batchStore.figures(id, now())),
        awaitStore(batchStore.eventsOf(id, MAX_EVENTS)),
      ]);
      return { batch, figures, events };
    },
    /** The latest first; those of the asker's key, or for an admin of all. */
    list: (
      { keyName, seesAll }: Asker,
      page: { readonly limit: number; readonly before?: string | undefined },
    ): Promise<readonly Batch[]> =>
      awaitStore(batchStore.list({ ...page, keyName: seesAll ? undefined : keyName ?? "" })),
    /** The items from after one on, with their calls. Of a batch that `find` has found. */
    results: (
      id: string,
      page: { readonly limit: number; readonly after?: number },
    ): Promise<readonly BatchResult[]> => awaitStore(batchStore.results(id, page)),
    onEvent: feeder.onEvent,
    wake: feeder.wake,
    close: feeder.close,
  };
}

const MAX_EVENTS = 50;
