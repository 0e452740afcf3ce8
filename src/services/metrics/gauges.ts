import { type CallDirection, callDirections } from "../../call/types.ts";
import type { LimitSettings } from "../../config/settings.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { EventHub, EventSubscription } from "../events.ts";
import { type Load, type OpenSockets, socketKinds } from "../load.ts";
import type { KeptSpeeches } from "../keptSpeech.ts";
import type { ModelFaults } from "../openai.ts";
import type { Recorder } from "../records.ts";
import type { CallBudget } from "../spending.ts";
import type { TwilioFaults } from "../twilioOutbound.ts";
import { createGauge, type Labels, type Metric } from "./prometheus.ts";

/** The sources of the gauges. */
export interface GaugeSources {
  readonly settings: { readonly limits: Pick<LimitSettings, "calls"> };
  readonly events: Pick<EventHub, "subscribers">;
  readonly registry: {
    list(): readonly { readonly request: { readonly direction: CallDirection } }[];
  };
  readonly callBudget: Pick<CallBudget, "refusals">;
  readonly incidents: Pick<Incidents, "list" | "counts">;
  readonly engine: {
    readonly faults: Pick<ModelFaults, "counts">;
    readonly connections: { readonly size: number; readonly orphans: number };
  };
  readonly keptSpeech: Pick<KeptSpeeches, "counts" | "size">;
  readonly knowledge: { counts(): Readonly<Record<string, number>> };
  /** Absent where the phone is not set up. */
  readonly phone:
    | {
      readonly faults: Pick<TwilioFaults, "counts">;
      readonly ends: {
        readonly confirmation: Readonly<Record<"confirmed" | "repeated" | "unconfirmed", number>>;
        readonly strays: { readonly ended: number };
      };
    }
    | undefined;
  /** Without counts where no endpoint is asked about calls. */
  readonly routing: { readonly counts: ReadonlyMap<string, number> | undefined };
  readonly recorder: Pick<Recorder, "health">;
  /** Absent where no analyses are made. */
  readonly analysis?: {
    readonly counts: Readonly<Record<"done" | "skipped" | "failed" | "retried", number>>;
  };
  /** Absent where no webhooks are configured. */
  readonly webhooks:
    | { readonly counts: Readonly<Record<"delivered" | "failed" | "dead", number>> }
    | undefined;
  readonly load: Pick<Load, "overloaded"> & {
    readonly sockets: Pick<OpenSockets, "count" | "cut">;
  };
  readonly output: { readonly lines: { readonly dropped: number } };
  readonly memory?: () => { readonly rss: number; readonly heapUsed: number };
}

/** Metrics that are read from their sources when they are written; `subscription` is that of the counters. */
export function createGauges(
  sources: GaugeSources,
  subscription: Pick<EventSubscription, "missed">,
): readonly Metric[] {
  const { settings, events, registry, callBudget, incidents, engine, keptSpeech, phone } = sources;
  const { recorder, analysis, webhooks, load, output, memory = Deno.memoryUsage } = sources;
  const degraded = () => {
    const health = recorder.health();
    return health.status === "degraded" ? health : { waiting: 0, dropped: 0 };
  };
  return [
    createGauge("parley_calls_live", "Calls under way.", () => {
      const live = registry.list();
      return callDirections.map((direction) => [
        { direction },
        live.filter(({ request }) => request.direction === direction).length,
      ]);
    }),
    createGauge(
      "parley_calls_max",
      "Calls that may be under way at a time.",
      () => settings.limits.calls,
    ),
    createGauge(
      "parley_precall_total",
      "Questions about calls to the endpoint of CALL_URL, by what came of them.",
      () => [...sources.routing.counts ?? []].map(([result, count]) => [{ result }, count]),
      "counter",
    ),
    createGauge(
      "parley_store_up",
      "1 while records are written to the store, else 0.",
      () => recorder.health().status === "ok" ? 1 : 0,
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
    ...(analysis === undefined ? [] : [
      createGauge(
        "parley_analyses_total",
        "Analyses of calls that are over, and attempts that are repeated, by result.",
        () => Object.entries(analysis.counts).map(([result, n]) => [{ result }, n] as const),
        "counter",
      ),
    ]),
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
    createGauge("parley_incidents", "Incidents that stand, by code.", () => {
      const open = Map.groupBy(incidents.list(), ({ code }) => code);
      return [...open].map(([code, { length }]) => [{ code }, length]);
    }),
    createGauge(
      "parley_incident_reports_total",
      "Reports of incidents, by code.",
      () => byCode(incidents.counts()),
      "counter",
    ),
    ...(phone === undefined ? [] : [
      createGauge(
        "parley_twilio_errors_total",
        "Requests that Twilio refused and errors that it reported, by code.",
        () => byCode(phone.faults.counts()),
        "counter",
      ),
      createGauge(
        "parley_phone_ends_total",
        "Phone calls ended here: confirmed by Twilio, requests repeated, unconfirmed, found later.",
        () => [
          ...Object.entries(phone.ends.confirmation).map(([result, n]) => [{ result }, n] as const),
          [{ result: "found" }, phone.ends.strays.ended],
        ],
        "counter",
      ),
    ]),
    createGauge(
      "parley_model_errors_total",
      "What models' servers refused or failed at, by code.",
      () => byCode(engine.faults.counts()),
      "counter",
    ),
    createGauge(
      "parley_kept_speech_total",
      "Sentences kept as audio: of a call's greeting, unless it had other words, or recorded beside calls.",
      () =>
        Object.entries(keptSpeech.counts()).map(([result, count]) => [{ result }, count] as const),
      "counter",
    ),
    createGauge(
      "parley_kept_speech_bytes",
      "Memory that kept sentences take.",
      () => keptSpeech.size().bytes,
    ),
    createGauge(
      "parley_knowledge_searches_total",
      "Searches in agents' documents, by result.",
      () =>
        Object.entries(sources.knowledge.counts()).map(([result, n]) => [{ result }, n] as const),
      "counter",
    ),
    createGauge(
      "parley_model_connections",
      "Connections to models that are open.",
      () => engine.connections.size,
    ),
    createGauge(
      "parley_model_connections_orphaned_total",
      "Connections to models that were closed because no call had them.",
      () => engine.connections.orphans,
      "counter",
    ),
    createGauge(
      "parley_log_lines_dropped_total",
      "Log lines dropped because the output was not read.",
      () => output.lines.dropped,
      "counter",
    ),
    createGauge(
      "parley_overloaded",
      "1 while new calls are refused because the process does not keep up, else 0.",
      () => load.overloaded ? 1 : 0,
    ),
    createGauge(
      "parley_sockets_open",
      "Sockets of callers, those that are closing included.",
      () => socketKinds.map((kind) => [{ kind }, load.sockets.count(kind)]),
    ),
    createGauge(
      "parley_sockets_cut_total",
      "Sockets of callers that were cut because the peer did not answer the closing.",
      () => load.sockets.cut,
      "counter",
    ),
    createGauge("process_resident_memory_bytes", "Memory in use.", () => memory().rss),
    createGauge("process_heap_bytes", "Memory in use by JavaScript.", () => memory().heapUsed),
    createGauge(
      "process_start_time_seconds",
      "When the process began.",
      () => Math.round(performance.timeOrigin / 1000),
    ),
  ];
}

function byCode(counts: ReadonlyMap<string, number>): readonly (readonly [Labels, number])[] {
  return [...counts].map(([code, count]) => [{ code }, count]);
}
