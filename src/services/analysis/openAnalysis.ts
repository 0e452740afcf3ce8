import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newToken } from "../../utils/ids.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { sha256 } from "../../utils/sha256.ts";
import type { CompletionDispatcher } from "../records.ts";
import type { AnalysisSpending } from "../spending.ts";
import type { CallAnalysis, CallRecord, Store } from "../store.ts";
import { createAnalysisQueue, type OnAnalyzed } from "./analysisQueue.ts";
import type { AnalysisModel } from "./analyzeCall.ts";
import { createChatClient } from "./chatClient.ts";

/** `now` is in milliseconds since 1970. */
export interface OpenAnalysisDeps extends Clock {
  readonly settings: Pick<Settings, "analysis">;
  readonly agents: Agents;
  readonly store: Pick<Store, "analyses" | "calls">;
  readonly completion: Pick<CompletionDispatcher, "onComplete" | "onDispatched">;
  readonly analysisSpending: AnalysisSpending;
  /** Starts the built-in stand-in; absent where a real model answers calls. */
  readonly startStandIn:
    | ((apiKey: string) => Promise<{ readonly url: string; close(): Promise<void> }>)
    | undefined;
  readonly onAnalyzed: OnAnalyzed | undefined;
  readonly incidents: Incidents;
  readonly log: Log;
}

/** Why a call cannot be analysed again. */
export type AnalyzeRefusal =
  | "call_live"
  | "unknown_agent"
  | "agent_unusable"
  | "no_analysis"
  | "analysis_off";

/** What is made of calls after their end. */
export type CallAnalyses = ReturnType<typeof openAnalysis>;

/** A request has an answer within seconds, and a long conversation within a minute. */
const TIMEOUT_MS = 60_000;

/**
 * Analyses the calls of agents whose files ask for it, once their records are complete. Where no model is
 * set and a real one answers calls, they are skipped.
 */
export function openAnalysis(deps: OpenAnalysisDeps) {
  const { settings, agents, store: { analyses }, completion, now, setTimer, log } = deps;
  const { startStandIn } = deps;
  const isOff = settings.analysis === undefined && startStandIn === undefined;
  const client = { timeoutMs: TIMEOUT_MS, now };
  let standIn: { readonly url: string; close(): Promise<void> } | undefined;
  let opening: Promise<AnalysisModel | undefined> | undefined;
  const queue = createAnalysisQueue({
    agents,
    store: deps.store,
    spending: deps.analysisSpending,
    model: () =>
      opening ??= openModel().catch((error) => {
        opening = undefined;
        throw error;
      }),
    onAnalyzed: deps.onAnalyzed ?? (() => Promise.resolve()),
    random: Math.random,
    incidents: deps.incidents,
    now,
    setTimer,
    log,
  });
  const isWanted = ({ agent, currentAgent = agent }: Pick<CallRecord, "agent" | "currentAgent">) =>
    agents.get(currentAgent)?.analysis !== undefined;
  completion.onComplete(async (call) => {
    if (isWanted(call)) await analyses.enqueue(call.id, now());
  });
  completion.onDispatched((call) => {
    if (isWanted(call)) queue.wake();
  });

  /** At the first use: most runs of the built-in engine need none. */
  async function openModel(): Promise<AnalysisModel | undefined> {
    const { analysis } = settings;
    if (analysis !== undefined) {
      const { model: name, url } = analysis;
      const ask = createChatClient({ ...analysis, model: name }, client);
      return { name, host: new URL(url).host, ask, isFree: false };
    }
    if (startStandIn === undefined) return undefined;
    const apiKey = newToken();
    standIn = await startStandIn(apiKey);
    const ask = createChatClient({ url: standIn.url, model: STAND_IN, apiKey }, client);
    return { name: STAND_IN, host: STAND_IN, ask, isFree: true };
  }

  return {
    counts: queue.counts,
    /** Warnings for the operator, one sentence each. */
    hints: (): readonly string[] => {
      const asking = agents.names.filter((name) => agents.get(name)?.analysis !== undefined);
      if (asking.length === 0) return [];
      if (isOff) return [`${asking.join(", ")}: analysis is off, as ANALYSIS_MODEL is not set.`];
      return deps.analysisSpending.isUnpriced
        ? [
          `The price of ${settings.analysis?.model} is not known: ANALYSIS_DAILY_USD cannot be kept. Set it under text with PRICES_FILE.`,
        ]
        : [];
    },
    /**
     * Analyses an ended call again by its agent's present file, unless that is under way or `requestKey` has
     * asked for it before.
     */
    async again(
      { id, agent, currentAgent = agent, status }: Pick<
        CallRecord,
        "id" | "agent" | "currentAgent" | "status"
      >,
      requestKey: string | undefined,
    ): Promise<CallAnalysis | AnalyzeRefusal | undefined> {
      if (status !== "ended") return "call_live";
      if (agents.unusable.has(currentAgent)) return "agent_unusable";
      const defined = agents.get(currentAgent);
      if (defined === undefined) return "unknown_agent";
      if (defined.analysis === undefined) return "no_analysis";
      if (isOff) return "analysis_off";
      const key = requestKey === undefined ? undefined : sha256(requestKey).toHex();
      const asked = await analyses.again(id, { now: now(), requestKey: key });
      queue.wake();
      return asked?.analysis;
    },
    async [Symbol.asyncDispose]() {
      await queue.close();
      await standIn?.close();
    },
  };
}

const STAND_IN = "rehearsal";
