import { z } from "zod";
import type { CallJournals } from "./callJournals.ts";
import type { InstanceBus } from "../cluster.ts";
import type { Recordings } from "../recording.ts";
import type { ErasedNumber, ErasureStore } from "../store.ts";
import type { Log } from "../../utils/logger.ts";
import type { Clock } from "../../utils/clock.ts";

/** `now` is in milliseconds since 1970. */
export interface CallErasureDeps extends Pick<Clock, "now"> {
  readonly erasure: ErasureStore;
  /** Resolves when everything that this process knows of calls is in the store. */
  readonly flush: () => Promise<void>;
  /** Absent where no journals are kept. */
  readonly journals: Pick<CallJournals, "remove"> | undefined;
  readonly recordings: Pick<Recordings, "remove">;
  /** Removes the calls' events from the event log. */
  readonly eraseEvents: (callIds: readonly string[]) => void;
  readonly bus: Pick<InstanceBus, "publish" | "subscribe">;
  readonly log: Pick<Log, "warn">;
}

const TOPIC = "erased";
const message = z.object({ callIds: z.array(z.string()) });
/** Far below what a message may hold. */
const MAX_IDS = 1000;

/** Erases calls on request, in the store, the live events and the journals of every process. */
export type CallErasure = ReturnType<typeof createCallErasure>;

/** A process that misses the message removes its journals later: see `retention.ts`. */
export function createCallErasure(
  { erasure, flush, journals, recordings, eraseEvents, bus, now, log }: CallErasureDeps,
) {
  const unsubscribe = bus.subscribe(TOPIC, (body) => {
    const { data } = message.safeParse(body);
    if (data === undefined) return;
    eraseEvents(data.callIds);
    journals?.remove(data.callIds).catch((error) => log.warn("Journals not removed", { error }));
    recordings.remove(data.callIds)
      .catch((error) => log.warn("Recordings not removed", { error }));
  });

  async function eraseHere(callIds: readonly string[]): Promise<void> {
    eraseEvents(callIds);
    await journals?.remove(callIds);
    await recordings.remove(callIds);
  }

  async function publish(callIds: readonly string[]): Promise<void> {
    for (let at = 0; at < callIds.length; at += MAX_IDS) {
      await bus.publish(TOPIC, { callIds: callIds.slice(at, at + MAX_IDS) });
    }
  }

  return {
    async eraseNumber(number: string): Promise<ErasedNumber> {
      // A call that has just begun is not in the store yet.
      await flush();
      const erasedIds: string[] = [];
      const erased = await erasure.eraseNumber(number, now(), async (callIds) => {
        await eraseHere(callIds);
        erasedIds.push(...callIds);
      });
      await publish(erasedIds).catch((error) => log.warn("Erasure not published", { error }));
      return erased;
    },
    /** A live call is erased when it ends if `underWay`, and otherwise left as it is. */
    async eraseCall(
      callId: string,
      options: { readonly underWay: boolean },
    ): Promise<ErasedNumber | "unknown" | "under_way"> {
      await flush();
      const erased = await erasure.eraseCall(callId, now(), options, eraseHere);
      if (typeof erased !== "string" && erased.calls > 0) {
        await publish([callId]).catch((error) => log.warn("Erasure not published", { error }));
      }
      return erased;
    },
    /** Erases an ended call where that has been requested; resolves with whether it was. */
    async eraseIfDue(callId: string): Promise<boolean> {
      if (!await erasure.isDue(callId)) return false;
      await erasure.erase(callId, eraseHere);
      await publish([callId]).catch((error) => log.warn("Erasure not published", { error }));
      return true;
    },
    close: unsubscribe,
  };
}
