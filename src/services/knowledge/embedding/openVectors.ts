import { type NearPassages, nothingNear } from "./nearestPassages.ts";
import type { EmbeddingSettings } from "../../../config/settings.ts";
import type { Clock } from "../../../utils/clock.ts";
import { deadline } from "../../../utils/deadline.ts";
import type { Incidents } from "../../../utils/incidents.ts";
import type { Log } from "../../../utils/logger.ts";
import { createPollLoop } from "../../../utils/pollLoop.ts";
import type { EmbeddingSpending } from "../../spending.ts";
import type { KnowledgeStore } from "../../store.ts";
import { DIMENSIONS } from "./embeddingClient.ts";
import { createEndpointPauses } from "./endpointPauses.ts";
import { createVectorMaker } from "./vectorMaker.ts";
import { VectorThread } from "./vectorThread.ts";

/** `now` is in milliseconds since 1970. */
export interface VectorsDeps extends Clock {
  readonly settings: EmbeddingSettings;
  readonly store: Pick<KnowledgeStore, "passagesOf" | "vectors">;
  readonly spending: Pick<EmbeddingSpending, "reserve">;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Finds passages by what they mean. */
export interface PassageVectors {
  /** Has vectors of the passages of these documents made, in the background, and no others kept in memory. */
  follow(documents: readonly number[]): void;
  /** The nearest first; none where they are not known in time. Never rejects. */
  nearest(question: string, documents: readonly number[], most: number): Promise<NearPassages>;
  /** How many passages of these documents can be found. */
  count(documents: readonly number[]): number;
  close(): Promise<void>;
}

/** The caller waits for it. */
const QUESTION_MS = 300;
/** Bounds the memory: 100 MB. */
const MAX_VECTORS = 50_000;
/** Small enough that neither the request nor its rows hold up the thread of the calls. */
const PAGE = 64;
const STORE_PAUSE_MS = 10_000;
const LIMIT_PAUSE_MS = 10 * 60_000;
/** How long to leave vectors to the process that has begun to make them. */
const OTHERS_PAUSE_MS = 5000;
const DAY_MS = 24 * 60 * 60_000;
const KEPT_MS = 30 * DAY_MS;

interface HeldDocument {
  passages: number;
  isComplete: boolean;
}

export function openVectors(
  { settings, store, spending, incidents, now, setTimer, log }: VectorsDeps,
): PassageVectors {
  const pauses = createEndpointPauses({ incidents, now });
  const held = new Map<number, HeldDocument>();
  const thread = new VectorThread(settings, () => {
    held.clear();
    pauses.failed({ reason: "thread_died" });
    loop.wake();
  });
  const maker = createVectorMaker({ model: settings.model, thread, store, spending, pauses, now });
  let wanted: readonly number[] = [];
  let freshSince = now();
  let closed = false;
  const loop = createPollLoop(round, setTimer);

  async function round(): Promise<number | undefined> {
    if (pauses.leftMs() > 0) return pauses.leftMs();
    try {
      await forgetOthers();
      const made = { passages: 0, begunAt: performance.now() };
      const pauseMs = await bringAll(made);
      if (made.passages > 0) {
        const durationMs = Math.round(performance.now() - made.begunAt);
        log.info("Knowledge vectors made", { passages: made.passages, durationMs });
      }
      return pauseMs;
    } catch (error) {
      if (!closed) log.warn("Knowledge vectors not kept", { error });
      return STORE_PAUSE_MS;
    }
  }

  async function forgetOthers(): Promise<void> {
    const others = [...held.keys()].filter((document) => !wanted.includes(document));
    for (const document of others) held.delete(document);
    if (others.length > 0) await thread.ask({ type: "forget", documents: others });
    if (now() - freshSince < DAY_MS) return;
    // Those in use are read again, and so count as used; what nobody has used for long is removed then.
    await store.vectors.prune(now() - KEPT_MS);
    for (const document of held.values()) document.isComplete = false;
    freshSince = now();
  }

  /** Returns how long to wait before the next round. */
  async function bringAll(made: { passages: number }): Promise<number | undefined> {
    let pauseMs = wanted.length === 0 ? undefined : DAY_MS;
    for (const document of wanted) {
      if (held.get(document)?.isComplete === true) continue;
      let after: number | undefined;
      let isComplete = true;
      held.set(document, held.get(document) ?? { passages: 0, isComplete: false });
      for (let passages = 0;;) {
        if (closed) return undefined;
        if (sum([...held.keys()]) + PAGE > MAX_VECTORS) {
          log.warn("Knowledge partly without vectors", { most: MAX_VECTORS });
          return pauseMs;
        }
        const page = await store.passagesOf(document, { after, limit: PAGE });
        if (page.length === 0) break;
        after = page.at(-1)?.id;
        const brought = await maker.bring(page);
        if (brought.state === "limit") return LIMIT_PAUSE_MS;
        if (brought.state === "failed") return Math.max(pauses.leftMs(), 1);
        made.passages += brought.made;
        if (brought.state === "partly") isComplete = false;
        await load(document, brought.vectors);
        passages += brought.vectors.size;
        held.set(document, {
          passages: Math.max(passages, held.get(document)?.passages ?? 0),
          isComplete: false,
        });
      }
      held.set(document, { passages: held.get(document)?.passages ?? 0, isComplete });
      if (!isComplete) pauseMs = OTHERS_PAUSE_MS;
    }
    return pauseMs;
  }

  async function load(document: number, vectors: ReadonlyMap<number, Uint8Array>): Promise<void> {
    if (vectors.size === 0) return;
    const joined = new Uint8Array(vectors.size * DIMENSIONS * 4);
    for (const [at, bytes] of [...vectors.values()].entries()) joined.set(bytes, at * bytes.length);
    await thread.ask({ type: "load", document, ids: [...vectors.keys()], vectors: joined });
  }

  function sum(documents: readonly number[]): number {
    return documents.reduce((total, id) => total + (held.get(id)?.passages ?? 0), 0);
  }

  return {
    follow(documents) {
      wanted = [...new Set(documents)];
      loop.wake();
    },
    async nearest(question, documents, most) {
      const ready = documents.filter((id) => (held.get(id)?.passages ?? 0) > 0);
      if (closed || ready.length === 0 || pauses.leftMs() > 0) return nothingNear;
      const answer = maker.nearest(question, { documents: ready, most, timeoutMs: QUESTION_MS });
      return await deadline(answer, QUESTION_MS, setTimer).catch(() => nothingNear);
    },
    count: sum,
    async close() {
      closed = true;
      thread.close();
      await loop.close();
      await maker.close();
    },
  };
}
