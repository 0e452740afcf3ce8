import type { Incidents } from "../../../utils/incidents.ts";
import type { EmbeddingFailure } from "./embeddingClient.ts";

/** After one failure, two, and so on; the last for all further ones. */
const PAUSES_MS = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 60 * 60_000];
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60 * 60_000;
/** A question that is answered late tells little; several in a row, that callers wait for nothing. */
const MAX_LATE = 3;
const CODE = "knowledge_embeddings_failed";

/** How long a failing endpoint is left alone: neither documents nor questions go there. */
export type EndpointPauses = ReturnType<typeof createEndpointPauses>;

/** `now` is in milliseconds. */
export function createEndpointPauses({ incidents, now }: {
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly now: () => number;
}) {
  let failures = 0;
  let late = 0;
  let until = -Infinity;

  function failed({ reason, retryAfterMs }: Omit<EmbeddingFailure, "type">): void {
    const pauseMs = retryAfterMs ?? PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0;
    failures++;
    late = 0;
    until = now() + Math.min(Math.max(pauseMs, MIN_PAUSE_MS), MAX_PAUSE_MS);
    incidents.report({
      code: CODE,
      message: "Documents are searched by their words alone: the endpoint of embeddings fails " +
        `(${reason}). ${adviceFor(reason)}`,
      expiresAfterMs: Infinity,
    });
  }

  return {
    /** 0 where there is no pause. */
    leftMs: (): number => Math.max(0, until - now()),
    failed,
    questionFailed(failure: EmbeddingFailure): void {
      if (failure.reason === "closed") return;
      if (failure.reason !== "timeout" || ++late >= MAX_LATE) failed(failure);
    },
    worked(): void {
      failures = 0;
      late = 0;
      until = -Infinity;
      incidents.resolve(CODE);
    },
  };
}

function adviceFor(reason: string): string {
  switch (reason) {
    case "http_401":
    case "http_403":
      return "Check KNOWLEDGE_EMBEDDINGS_KEY.";
    case "http_429":
      return "The endpoint's own limit is used up, or the account has no credit.";
    case "wrong_dimensions":
      return "Choose a KNOWLEDGE_EMBEDDINGS_MODEL that makes vectors of 512 dimensions on request.";
    case "timeout":
    case "unreachable":
    case "thread_died":
      return "It is tried again.";
    default:
      return "Check KNOWLEDGE_EMBEDDINGS_URL and KNOWLEDGE_EMBEDDINGS_MODEL.";
  }
}
