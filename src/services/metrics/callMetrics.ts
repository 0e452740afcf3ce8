import type { CallEvent } from "../../call/callEvent.ts";
import type { TokenUsage } from "../../call/realtimeClient.ts";
import { type CallDirection, callDirections, endReasons } from "../../call/types.ts";
import type { CallBudget } from "../spending.ts";
import type { EventHub, EventSubscription } from "../events.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { createCounter, createGauge, createHistogram, type Metric } from "./prometheus.ts";
import type { ModelFaults } from "../openai.ts";
import type { TwilioFaults } from "../twilioOutbound.ts";
import type { RecorderHealth } from "../records.ts";
import type { CallRecord } from "../store.ts";

export interface MetricsOptions {
  readonly events: Pick<EventHub, "subscribe" | "subscribers">;
  readonly liveCalls: () => readonly { readonly request: { readonly direction: CallDirection } }[];
  readonly maxCalls: number;
  readonly callBudget?: Pick<CallBudget, "refusals">;
  readonly incidents?: Pick<Incidents, "list" | "counts">;
  readonly modelFaults?: Pick<ModelFaults, "counts">;
  readonly twilioFaults?: Pick<TwilioFaults, "counts">;
  readonly logLinesDropped?: () => number;
  /** Absent where nothing is recorded. */
  readonly storeHealth?: () => RecorderHealth;
  /** Absent where no webhooks are configured. */
  readonly webhooks?: {
    readonly counts: { readonly delivered: number; readonly failed: number; readonly dead: number };
  };
  readonly memory: () => { readonly rss: number; readonly heapUsed: number };
  /** Seconds since 1970. */
  readonly startedAt: number;
}

/** The agent is expected to answer within a second. */
const LATENCY_BOUNDS = [0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10];
const DURATION_BOUNDS = [10, 30, 60, 120, 300, 600, 1800, 3600];

/** Counters and gauges of this process, for Prometheus. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Counts call events from now on. */
export function createMetrics(options: MetricsOptions) {
  const { events } = options;
  const counters = createCounters();
  const subscription = events.subscribe(() => true, ({ event }) => {
    counters.published.add();
    count(counters, event);
  }, { maxQueued: 10_000 });
  const metrics: readonly Metric[] = [
    ...Object.values(counters),
    ...gauges(options, subscription),
  ];
  return {
    /** Adds the cost of a call whose record is complete. */
    addCost({ cost }: Pick<CallRecord, "cost">): void {
      if (cost?.usd !== null && cost?.usd !== undefined) counters.cost.add(cost.usd);
      else counters.unpriced.add();
    },
    write: (): string => metrics.map((metric) => metric.write()).join(""),
    close: (): void => subscription.close(),
  };
}

type Counters = ReturnType<typeof createCounters>;

function createCounters() {
  const each = <T extends string>(name: string, values: readonly T[]) =>
    values.map((value) => ({ [name]: value }));
  return {
    published: createCounter("parley_events_total", "Events of all calls.", [{}]),
    started: createCounter(
      "parley_calls_started_total",
      "Calls that began.",
      each("direction", callDirections),
    ),
    ended: createCounter(
      "parley_calls_ended_total",
      "Calls that ended, by reason.",
      each("reason", endReasons),
    ),
    duration: createHistogram(
      "parley_call_duration_seconds",
      "How long calls lasted.",
      DURATION_BOUNDS,
    ),
    latency: createHistogram(
      "parley_response_latency_seconds",
      "From the caller's last sound to the agent's first.",
      LATENCY_BOUNDS,
    ),
    interruptions: createCounter(
      "parley_interruptions_total",
      "Times that a caller cut the agent off.",
      [{}],
    ),
    tools: createCounter(
      "parley_tool_calls_total",
      "Tool calls that returned.",
      each("result", ["ok", "failed"]),
    ),
    modelLost: createCounter(
      "parley_model_lost_total",
      "Connections to the model that broke off.",
      each("recovering", ["true", "false"]),
    ),
    notices: createCounter("parley_notices_total", "Notices, by code.", [
      ...each("code", ["audio_refused", "truncate_refused", "response_retried", "false_alarm"]),
      ...each("code", ["playout_stalled"]),
      ...each("code", ["filler", "idle_prompt", "time_warning"]),
      ...each("code", ["machine_verdict_not_obeyed", "voicemail_withdrawn", "call_screened"]),
    ]),
    tokens: createCounter("parley_tokens_total", "Tokens that were used.", [
      ...each("kind", ["input_text", "input_audio", "cached_text", "cached_audio"]),
      ...each("kind", ["output_text", "output_audio"]),
      ...each("kind", ["transcription_input", "transcription_output"]),
    ]),
    transcribed: createCounter(
      "parley_transcription_seconds_total",
      "Seconds of speech that were transcribed at a price by time.",
      [{}],
    ),
    cost: createCounter("parley_cost_usd_total", "Dollars that ended calls have cost.", [{}]),
    unpriced: createCounter(
      "parley_calls_unpriced_total",
      "Ended calls of which the cost is not known.",
      [{}],
    ),
  };
}

function count(counters: Counters, event: CallEvent): void {
  switch (event.type) {
    case "started":
      return counters.started.add(1, { direction: event.direction });
    case "ended":
      counters.ended.add(1, { reason: event.end.reason });
      return counters.duration.observe(event.durationMs / 1000);
    case "latency":
      return counters.latency.observe(event.latency.totalMs / 1000);
    case "interrupted":
      return counters.interruptions.add();
    case "toolEnded":
      return counters.tools.add(1, { result: event.ok ? "ok" : "failed" });
    case "modelLost":
      return counters.modelLost.add(1, { recovering: String(event.recovering) });
    case "notice":
      return counters.notices.add(1, { code: event.code });
    case "usage":
      return countTokens(counters, event.usage);
    case "transcriptionUsage": {
      const { usage } = event;
      if (usage.unit === "seconds") return counters.transcribed.add(usage.seconds);
      counters.tokens.add(usage.input, { kind: "transcription_input" });
      return counters.tokens.add(usage.output, { kind: "transcription_output" });
    }
  }
}

function countTokens({ tokens }: Counters, usage: TokenUsage): void {
  tokens.add(usage.inputText, { kind: "input_text" });
  tokens.add(usage.inputAudio, { kind: "input_audio" });
  tokens.add(usage.cachedText, { kind: "cached_text" });
  tokens.add(usage.cachedAudio, { kind: "cached_audio" });
  tokens.add(usage.outputText, { kind: "output_text" });
  tokens.add(usage.outputAudio, { kind: "output_audio" });
}

function gauges(options: MetricsOptions, subscription: EventSubscription): readonly Metric[] {
  const { events, liveCalls, maxCalls, callBudget, incidents, storeHealth, webhooks } = options;
  const { modelFaults, twilioFaults, memory, startedAt } = options;
  const health = () => storeHealth?.() ?? { status: "ok" as const };
  const degraded = () => {
    const now = health();
    return now.status === "degraded" ? now : { waiting: 0, dropped: 0 };
  };
  return [
    createGauge("parley_calls_live", "Calls under way.", () => {
      const live = liveCalls();
      return callDirections.map((direction) => [
        { direction },
        live.filter(({ request }) => request.direction === direction).length,
      ]);
    }),
    createGauge("parley_calls_max", "Calls that may be under way at a time.", () => maxCalls),
    createGauge(
      "parley_store_up",
      "1 while records are written to the store, else 0.",
      () => health().status === "ok" ? 1 : 0,
    ),
    createGauge(
      "parley_store_waiting",
      "Writes that wait for the store.",
      () => degraded().waiting,
    ),
    createGauge(
      "parley_store_dropped",
      "Record details dropped while the store fails.",
      () => degraded().dropped,
    ),
    createGauge(
      "parley_event_subscribers",
      "Parts of the server that follow events.",
      () => events.subscribers,
    ),
    createGauge(
      "parley_events_missed_total",
      "Events that came too fast to be counted here.",
      () => subscription.missed,
      "counter",
    ),
    ...(webhooks === undefined ? [] : [
      createGauge("parley_webhook_attempts_total", "Attempts to deliver a webhook.", () => [
        [{ result: "delivered" }, webhooks.counts.delivered],
        [{ result: "failed" }, webhooks.counts.failed],
      ], "counter"),
      createGauge(
        "parley_webhooks_dead_total",
        "Webhooks that were given up.",
        () => webhooks.counts.dead,
        "counter",
      ),
    ]),
    ...(callBudget === undefined ? [] : [
      createGauge(
        "parley_limit_refusals_total",
        "Calls that a limit of a day, of a minute or of calls at once has refused.",
        () =>
          [...callBudget.refusals().values()].map(({ scope, limit, count }) => [
            { scope, limit },
            count,
          ]),
        "counter",
      ),
    ]),
    ...(incidents === undefined ? [] : [
      createGauge("parley_incidents", "Incidents that stand, by code.", () => {
        const standing = new Map<string, number>();
        for (const { code } of incidents.list()) standing.set(code, (standing.get(code) ?? 0) + 1);
        return [...standing].map(([code, count]) => [{ code }, count]);
      }),
      createGauge(
        "parley_incident_reports_total",
        "Reports of incidents, by code.",
        () => [...incidents.counts()].map(([code, count]) => [{ code }, count]),
        "counter",
      ),
    ]),
    ...(twilioFaults === undefined ? [] : [
      createGauge(
        "parley_twilio_errors_total",
        "Requests that Twilio refused and errors that it reported, by code.",
        () => [...twilioFaults.counts()].map(([code, count]) => [{ code }, count]),
        "counter",
      ),
    ]),
    ...(modelFaults === undefined ? [] : [
      createGauge(
        "parley_model_errors_total",
        "What models' servers refused or failed at, by code.",
        () => [...modelFaults.counts()].map(([code, count]) => [{ code }, count]),
        "counter",
      ),
    ]),
    createGauge(
      "parley_log_lines_dropped_total",
      "Log lines dropped because the output was not read.",
      () => options.logLinesDropped?.() ?? 0,
      "counter",
    ),
    createGauge("process_resident_memory_bytes", "Memory in use.", () => memory().rss),
    createGauge("process_heap_bytes", "Memory in use by JavaScript.", () => memory().heapUsed),
    createGauge("process_start_time_seconds", "When the process began.", () => startedAt),
  ];
}
