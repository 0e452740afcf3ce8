import { type CallDirection, callDirections } from "../../call/types.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { EventHub, EventSubscription } from "../events.ts";
import type { ModelFaults } from "../openai.ts";
import type { RecorderHealth } from "../records.ts";
import type { CallBudget } from "../spending.ts";
import type { TwilioFaults } from "../twilioOutbound.ts";
import { createGauge, type Metric } from "./prometheus.ts";

/** The sources of the gauges. */
export interface GaugeOptions {
  readonly events: Pick<EventHub, "subscribers">;
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

/** Metrics that are read from their sources when they are written; `subscription` is that of the counters. */
export function createGauges(
  options: GaugeOptions,
  subscription: Pick<EventSubscription, "missed">,
): readonly Metric[] {
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
