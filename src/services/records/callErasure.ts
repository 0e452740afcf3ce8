import { z } from "zod";
import type { CallJournals } from "./callJournals.ts";
import type { InstanceBus } from "../cluster.ts";
import type { ErasedNumber, ErasureStore } from "../store.ts";
import type { Log } from "../../utils/logger.ts";

/** Forgets calls on demand, in the store and in the journals of every process. */
export interface CallErasure {
  eraseNumber(number: string): Promise<ErasedNumber>;
  /** One that is under way is erased when it ends if `underWay`, and otherwise left as it is. */
  eraseCall(
    callId: string,
    options: { readonly underWay: boolean },
  ): Promise<ErasedNumber | "unknown" | "under_way">;
  /** Forgets a call that is over where that has been asked for; gives whether it was. */
  eraseIfDue(callId: string): Promise<boolean>;
  close(): void;
}

export interface CallErasureDeps {
  readonly erasure: ErasureStore;
  /** Settles when all that this process knew of calls before is in the store. */
  readonly flush: () => Promise<void>;
  /** Absent where none are kept. */
  readonly journals: Pick<CallJournals, "forget"> | undefined;
  /** Forgets what readers of live events could still be told. */
  readonly forgetEvents: (callIds: readonly string[]) => void;
  readonly bus: Pick<InstanceBus, "publish" | "subscribe">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

const TOPIC = "erased";
const message = z.object({ callIds: z.array(z.string()) });
/** Far below what a message may hold. */
const MAX_IDS = 1000;

/** Whoever cannot be told now finds out by itself: see `retention.ts`. */
export function createCallErasure(
  { erasure, flush, journals, forgetEvents, bus, now, log }: CallErasureDeps,
): CallErasure {
  const unsubscribe = bus.subscribe(TOPIC, (body) => {
    const { data } = message.safeParse(body);
    if (data === undefined) return;
    forgetEvents(data.callIds);
    journals?.forget(data.callIds).catch((error) => log.warn("Journals not removed", { error }));
  });

  async function forgetHere(callIds: readonly string[]): Promise<void> {
    forgetEvents(callIds);
    await journals?.forget(callIds);
  }

  async function tellOthers(callIds: readonly string[]): Promise<void> {
    for (let at = 0; at < callIds.length; at += MAX_IDS) {
      await bus.publish(TOPIC, { callIds: callIds.slice(at, at + MAX_IDS) });
    }
  }

  return {
    async eraseNumber(number) {
      // A call that has just begun is not in the store yet.
      await flush();
      const gone: string[] = [];
      const erased = await erasure.eraseNumber(number, now(), async (callIds) => {
        await forgetHere(callIds);
        gone.push(...callIds);
      });
      await tellOthers(gone).catch((error) => log.warn("Erasure not told to others", { error }));
      return erased;
    },
    async eraseCall(callId, options) {
      await flush();
      const erased = await erasure.eraseCall(callId, now(), options, forgetHere);
      if (typeof erased !== "string" && erased.calls > 0) {
        await tellOthers([callId]).catch((error) =>
          log.warn("Erasure not told to others", { error })
        );
      }
      return erased;
    },
    async eraseIfDue(callId) {
      if (!await erasure.isDue(callId)) return false;
      await erasure.erase(callId, forgetHere);
      await tellOthers([callId]).catch((error) =>
        log.warn("Erasure not told to others", { error })
      );
      return true;
    },
    close: unsubscribe,
  };
}
