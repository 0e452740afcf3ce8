import type { CallEvent } from "../../call/callEvent.ts";
import type { TokenUsage } from "../../call/realtimeClient.ts";
import { callDirections, endReasons } from "../../call/types.ts";
import type { EventHub } from "../events.ts";
import { createGauges, type GaugeSources } from "./gauges.ts";
import { createCounter, createHistogram, type Metric } from "./prometheus.ts";
import type { Load } from "../load.ts";
import type { CallRecord } from "../store.ts";

export interface MetricsDeps extends GaugeSources {
  readonly load: GaugeSources["load"] & Pick<Load, "onDelay">;
  readonly events: Pick<EventHub, "subscribe" | "subscribers">;
  readonly completion: {
    onDispatched(listener: (call: Pick<CallRecord, "cost">) => void): void;
  };
}

/** The agent is expected to answer within a second. */
const LATENCY_BOUNDS = [0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10];
/** A frame of audio has 0.02 s. */
const DELAY_BOUNDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.6, 1, 2];
const DURATION_BOUNDS = [10, 30, 60, 120, 300, 600, 1800, 3600];

/** Counters and gauges of this process, for Prometheus. */
export type Metrics = ReturnType<typeof openMetrics>;

/** Counts call events and the cost of complete records from now on. */
export function openMetrics(deps: MetricsDeps) {
  const { events, completion } = deps;
  const counters = createCounters();
  const subscription = events.subscribe(() => true, ({ event }) => {
    counters.published.add();
    count(counters, event);
  }, { maxQueued: 10_000 });
  const metrics: readonly Metric[] = [
    ...Object.values(counters),
    ...createGauges(deps, subscription),
  ];
  deps.load.onDelay((delayMs) => counters.delay.observe(delayMs / 1000));
  completion.onDispatched(({ cost }) => {
    if (typeof cost?.usd === "number") counters.cost.add(cost.usd);
    else counters.unpriced.add();
  });
  return {
    write: (): string => metrics.map((metric) => metric.write()).join(""),
    [Symbol.dispose]: (): void => subscription.close(),
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
    resumed: createCounter(
      "parley_calls_resumed_total",
      "Calls of another process, or of one before this, that this one has gone on with.",
      each("direction", callDirections),
    ),
    handedOver: createCounter(
      "parley_calls_handed_over_total",
      "Calls that this process has given to another one.",
      [{}],
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
    delay: createHistogram(
      "parley_event_loop_delay_seconds",
      "How late timers fire; ten a second are measured.",
      DELAY_BOUNDS,
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
      ...each("code", ["playout_stalled", "greeting_kept", "outage_bridged"]),
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
    case "resumed":
      return counters.resumed.add(1, { direction: event.direction });
    case "handedOver":
      return counters.handedOver.add();
    case "ended":
      counters.ended.add(1, { reason: event.end.reason });
      return counters.duration.observe(event.durationMs / 1000);
    case "latency":
      return counters.latency.observe(event.latency.totalMs / 1000);
    case "interrupted":
      return counters.interruptions.add();
    case "toolEnded":
      return counters.tools.add(1, { result: event.ok ? "ok" : event.waits ? "waits" : "failed" });
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
