import type { Agents } from "../../config/agents.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { AnalysisSpending } from "../spending.ts";
import type { AnalysisClaim, AnalysisEnd, CallAnalysis, CallRecord, Store } from "../store.ts";
import { analysisRetryMs } from "./analysisRetries.ts";
import { type AnalysisModel, analyzeCall, type AttemptOutcome, skipReason } from "./analyzeCall.ts";

/** Told of every run that is over; where it rejects, it is told again later. */
export type OnAnalyzed = (call: CallRecord, analysis: CallAnalysis) => Promise<void>;

/** `now` is in milliseconds since 1970. */
export interface AnalysisQueueDeps extends Clock {
  readonly agents: Pick<Agents, "get">;
  readonly store: Pick<Store, "analyses" | "calls">;
  readonly spending: AnalysisSpending;
  /** Undefined where no model reads calls. */
  readonly model: () => Promise<AnalysisModel | undefined>;
  readonly onAnalyzed: OnAnalyzed;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
  readonly maxConcurrent?: number;
}

/** How often to look for what other processes have left. */
const POLL_MS = 30_000;
/** The longest attempt, its repair included, and when another process takes it over. */
const ATTEMPT_MS = 150_000;
const LEASE_MS = 180_000;
/** Whoever ended a run tells of it first. */
const UNTOLD_MS = 60_000;
const MAX_UNTOLD = 100;
/** Longer than the longest pause between attempts. */
const INCIDENT_MS = 8 * 60 * 60_000;

/**
 * Makes the analyses that are due, a few at a time, beginning with what earlier processes could not make.
 * Calls never wait for it.
 */
export function createAnalysisQueue(deps: AnalysisQueueDeps) {
  const { agents, store: { analyses, calls }, now, setTimer, random, incidents, log } = deps;
  const { maxConcurrent = 2 } = deps;
  const closing = new AbortController();
  const counts = { done: 0, skipped: 0, failed: 0, retried: 0 };
  const working = new Set<Promise<void>>();
  const pollLoop = createPollLoop(workDue, setTimer);

  async function workDue(): Promise<number | undefined> {
    try {
      await tellUntold();
      const limit = maxConcurrent - working.size;
      // At the limit, the end of an attempt wakes the loop.
      if (limit <= 0 || closing.signal.aborted) return undefined;
      const due = await analyses.claim(now(), { limit, leaseMs: LEASE_MS });
      due.forEach(startWork);
      if (due.length === limit) return undefined;
      const next = await analyses.nextDue();
      if (next !== undefined) return Math.min(POLL_MS, Math.max(50, next - now()));
    } catch (error) {
      log.warn("Analyses not read", { error });
    }
    return POLL_MS;
  }

  function startWork(claim: AnalysisClaim): void {
    const work = attempt(claim).catch((error) =>
      log.warn("Analysis not stored", { callId: claim.callId, error })
    ).finally(() => {
      working.delete(work);
      pollLoop.wake();
    });
    working.add(work);
  }

  async function attempt(claim: AnalysisClaim): Promise<void> {
    const { callId } = claim;
    const call = await calls.get(callId);
    // Erased since.
    if (call === undefined) return;
    const model = await deps.model();
    const outcome = await outcomeOf(call, model);
    if (outcome.type === "failed") return await failed(claim, outcome, model);
    if (outcome.end.state === "done") {
      incidents.resolve(INCIDENT, model?.host);
      const { inputTokens, outputTokens } = outcome.spent ?? {};
      log.info("Call analysed", { callId, model: model?.name, inputTokens, outputTokens });
    }
    await finish(claim, outcome.end, outcome.spent);
  }

  async function outcomeOf(
    call: CallRecord,
    model: AnalysisModel | undefined,
  ): Promise<AttemptOutcome> {
    // The one that had it last knows what the call came to.
    const agent = agents.get(call.currentAgent ?? call.agent);
    const analysis = agent?.analysis;
    if (agent === undefined || analysis === undefined) return skipped("off");
    const content = await calls.content(call.id);
    const reason = skipReason(call, content, analysis);
    if (reason !== undefined) return skipped(reason);
    if (model === undefined) return skipped("off");
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_MS)]);
    const parts = { agent, analysis };
    return await analyzeCall(call, content, parts, { model, spending: deps.spending, signal });
  }

  async function failed(
    claim: AnalysisClaim,
    { reason, kind, retryAfterMs, spent }: Extract<AttemptOutcome, { type: "failed" }>,
    model: AnalysisModel | undefined,
  ): Promise<void> {
    const { callId, attempts } = claim;
    // Interrupted by `close`: this process, or another one, does it again.
    if (kind === "aborted" && closing.signal.aborted) return await analyses.release(claim, now());
    const why = kind === "aborted" ? "timeout" : reason;
    const retry = { kind: kind === "aborted" ? "endpoint" : kind, retryAfterMs } as const;
    const delayMs = analysisRetryMs(attempts, retry, random());
    log.warn("Call not analysed", { callId, attempts, reason: why, final: delayMs === undefined });
    if (kind !== "answer" && why !== "refused") {
      incidents.report({
        code: INCIDENT,
        ...(model && { subject: model.host }),
        message: `Calls cannot be analysed by ${model?.name}: ${why}. ${adviceFor(why)}`.trim(),
        expiresAfterMs: INCIDENT_MS,
      });
    }
    if (delayMs === undefined) return await finish(claim, { state: "failed", reason: why }, spent);
    counts.retried++;
    await analyses.postpone(claim, { reason: why, dueAt: now() + delayMs, spent });
  }

  async function finish(
    claim: AnalysisClaim,
    end: AnalysisEnd,
    spent: Parameters<typeof analyses.finish>[2]["spent"],
  ): Promise<void> {
    if (!await analyses.finish(claim, end, { now: now(), spent })) return;
    counts[end.state]++;
    await tell(claim);
  }

  async function tellUntold(): Promise<void> {
    for (const run of await analyses.untold(now() - UNTOLD_MS, MAX_UNTOLD)) {
      // One that cannot be told of holds up no other.
      await tell(run).catch((error) =>
        log.warn("Analysis not announced", { callId: run.callId, error })
      );
    }
  }

  async function tell(run: AnalysisClaim): Promise<void> {
    const [call, analysis] = await Promise.all([calls.get(run.callId), analyses.get(run.callId)]);
    if (call === undefined || analysis?.run !== run.run) return;
    await deps.onAnalyzed(call, analysis);
    await analyses.markTold(run);
  }

  return {
    /** Since the process began. */
    counts: counts as Readonly<typeof counts>,
    /** Looks for work at once. */
    wake: pollLoop.wake,
    /** Breaks off what is being made; it is made again later. */
    async close(): Promise<void> {
      closing.abort();
      await pollLoop.close();
      await Promise.all(working);
    },
  };
}

const INCIDENT = "analysis_failing";

function skipped(reason: string): AttemptOutcome {
  return { type: "ended", end: { state: "skipped", reason } };
}

function adviceFor(reason: string): string {
  switch (reason) {
    case "http_401":
    case "http_403":
      return "Check ANALYSIS_API_KEY.";
    case "http_404":
    case "answer_html":
      return "Check ANALYSIS_URL and ANALYSIS_MODEL.";
    case "http_429":
      return "The endpoint limits requests, or has no credit left.";
    default:
      return "";
  }
}
