import { type NearPassages, nothingNear } from "./nearestPassages.ts";
import { createHash } from "node:crypto";
import type { EmbeddingSpending } from "../../spending.ts";
import type { KeptPassage, KnowledgeStore } from "../../store.ts";
import { DIMENSIONS } from "./embeddingClient.ts";
import type { EndpointPauses } from "./endpointPauses.ts";
import type { VectorThread } from "./vectorThread.ts";

export interface VectorMakerDeps {
  readonly model: string;
  readonly thread: Pick<VectorThread, "ask">;
  readonly store: Pick<KnowledgeStore, "vectors">;
  readonly spending: Pick<EmbeddingSpending, "reserve">;
  readonly pauses: EndpointPauses;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type BroughtVectors =
  /** `vectors` by the id of the passage; `partly`: others are being made by another process. */
  | {
    readonly state: "all" | "partly";
    readonly vectors: ReadonlyMap<number, Uint8Array>;
    readonly made: number;
  }
  /** A limit in dollars is used up. */
  | { readonly state: "limit" }
  | { readonly state: "failed" };

const MAKE_MS = 30_000;

interface NearestOptions {
  readonly documents: readonly number[];
  readonly most: number;
  readonly timeoutMs: number;
}

/** Gets vectors: kept ones from the store, others from the endpoint, as far as the money goes. */
export function createVectorMaker(
  { model, thread, store: { vectors }, spending, pauses, now }: VectorMakerDeps,
) {
  const pending = new Set<Promise<unknown>>();
  return {
    /** Settles when all that was asked and paid for is over. */
    async close(): Promise<void> {
      while (pending.size > 0) await Promise.all(pending);
    },
    /** Rejects where the store does not answer. */
    async bring(passages: readonly KeptPassage[]): Promise<BroughtVectors> {
      const texts = new Map(passages.map((passage) => [hashOf(passage), textOf(passage)]));
      const kept = await vectors.find([...texts.keys()], model, now());
      const known = new Map(kept.map(({ hash, bytes }) => [hash, bytes]));
      const lacking = [...texts.keys()].filter((hash) => !known.has(hash));
      if (lacking.length > 0 && pauses.leftMs() > 0) return { state: "failed" };
      const claimed = await vectors.claim(lacking, model, now());
      let isKept = false;
      try {
        const made = await make(claimed.map((hash) => texts.get(hash) ?? ""));
        if (typeof made === "string") return { state: made };
        const entries = claimed.flatMap((hash, at) => {
          const bytes = made[at];
          return bytes === undefined ? [] : [{ hash, bytes }];
        });
        await vectors.keep(entries, model, now());
        isKept = true;
        for (const { hash, bytes } of entries) known.set(hash, bytes);
      } finally {
        if (!isKept) await vectors.release(claimed, model);
      }
      return {
        state: claimed.length < lacking.length ? "partly" : "all",
        made: claimed.length,
        vectors: new Map(passages.flatMap((passage) => {
          const bytes = known.get(hashOf(passage));
          return bytes?.length === DIMENSIONS * 4 ? [[passage.id, bytes] as const] : [];
        })),
      };
    },
    /** Never rejects. */
    nearest(
      question: string,
      options: NearestOptions,
    ): Promise<NearPassages> {
      return untilClosed(ask(question, options).catch(() => nothingNear));
    },
  };

  async function ask(
    question: string,
    options: NearestOptions,
  ): Promise<NearPassages> {
    const estimate = tokensIn([question]);
    const reserved = await spending.reserve(estimate);
    if (reserved === undefined) return nothingNear;
    const answer = await thread.ask({ type: "nearest", question, ...options });
    const isFound = answer.type === "near";
    if (isFound) pauses.worked();
    else if (answer.type === "failed") pauses.questionFailed(answer);
    // What was not answered may be billed all the same. The caller does not wait for it.
    untilClosed(reserved.settle((isFound ? answer.tokens : undefined) ?? estimate));
    return isFound ? { ids: answer.ids, likeness: answer.likeness } : nothingNear;
  }

  function untilClosed<T>(work: Promise<T>): Promise<T> {
    const over = work.finally(() => pending.delete(over));
    pending.add(over);
    return over;
  }

  async function make(
    texts: readonly string[],
  ): Promise<readonly Uint8Array[] | "limit" | "failed"> {
    if (texts.length === 0) return [];
    const estimate = tokensIn(texts);
    const reserved = await spending.reserve(estimate);
    if (reserved === undefined) return "limit";
    const answer = await thread.ask({ type: "make", texts, timeoutMs: MAKE_MS });
    if (answer.type === "made") {
      await reserved.settle(answer.tokens ?? estimate);
      pauses.worked();
      return answer.vectors;
    }
    const reason = answer.type === "failed" ? answer.reason : "answer_unreadable";
    await reserved.settle(/^http_/.test(reason) ? 0 : estimate);
    if (reason !== "closed") pauses.failed(answer.type === "failed" ? answer : { reason });
    return "failed";
  }
}

/** What a passage is about is often said by its heading alone. */
function textOf({ heading, text }: KeptPassage): string {
  return heading === "" ? text : `${heading}\n${text}`;
}

function hashOf(passage: KeptPassage): string {
  return createHash("sha256").update(`${DIMENSIONS}\n${textOf(passage)}`).digest("hex");
}

/** More than most texts have. */
function tokensIn(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + Math.ceil(length / 2) + 1, 0);
}
