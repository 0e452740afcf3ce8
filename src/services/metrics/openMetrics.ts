import type { CallRegistry } from "../../call/sessionApi.ts";
import type { Settings } from "../../config/settings.ts";
import { present } from "../../utils/present.ts";
import type { ModelFaults } from "../openai.ts";
import type { TwilioFaults } from "../twilioOutbound.ts";
import type { CompletionDispatcher, Recorder } from "../records.ts";
import { createMetrics, type Metrics, type MetricsOptions } from "./callMetrics.ts";

export interface OpenMetricsDeps
  extends Required<Pick<MetricsOptions, "events" | "callBudget" | "incidents">> {
  readonly engine: { readonly faults: Pick<ModelFaults, "counts"> };
  /** Absent where the phone is not set up. */
  readonly phone: { readonly faults: Pick<TwilioFaults, "counts"> } | undefined;
  readonly settings: Pick<Settings, "limits">;
  readonly registry: Pick<CallRegistry, "list">;
  readonly recorder: Pick<Recorder, "health">;
  readonly completion: Pick<CompletionDispatcher, "onDispatched">;
  readonly webhooks: MetricsOptions["webhooks"] | undefined;
  readonly output: { readonly lines: { readonly dropped: number } };
}

/** Counts what happens in this process from now on. */
export function openMetrics(
  { settings, registry, recorder, completion, webhooks, output, ...deps }: OpenMetricsDeps,
): Metrics & Disposable {
  const metrics = createMetrics({
    events: deps.events,
    callBudget: deps.callBudget,
    incidents: deps.incidents,
    modelFaults: deps.engine.faults,
    ...present({ twilioFaults: deps.phone?.faults, webhooks }),
    liveCalls: () => registry.list(),
    maxCalls: settings.limits.calls,
    logLinesDropped: () => output.lines.dropped,
    storeHealth: () => recorder.health(),
    memory: () => Deno.memoryUsage(),
    startedAt: Math.round(performance.timeOrigin / 1000),
  });
  completion.onDispatched(metrics.addCost);
  return { ...metrics, [Symbol.dispose]: metrics.close };
}
