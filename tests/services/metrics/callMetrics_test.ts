import assert from "node:assert/strict";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { CallRecord } from "../../../src/services/store/calls/callRecord.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { type MetricsDeps, openMetrics } from "../../../src/services/metrics/callMetrics.ts";
import { createCounter, createHistogram } from "../../../src/services/metrics/prometheus.ts";
import { settled } from "../../support/until.ts";

async function written(
  events: readonly CallEvent[],
  deps: Partial<MetricsDeps> = {},
): Promise<readonly string[]> {
  const hub = createEventHub(() => 0);
  let addCost = (_: Pick<CallRecord, "cost">): void => {};
  const metrics = openMetrics({
    settings: { limits: { calls: 100 } },
    events: hub,
    registry: { list: () => [{ request: { direction: "web" } }] },
    callBudget: { refusals: () => new Map() },
    incidents: { list: () => [], counts: () => new Map() },
    engine: { faults: { counts: () => new Map() }, connections: { size: 1, orphans: 0 } },
    keptSpeech: {
      counts: () => ({ kept: 2, mismatched: 0, recorded: 1, failed: 0 }),
      size: () => ({ sentences: 3, bytes: 4000 }),
    },
    knowledge: { counts: () => ({ found: 3, nothing: 1 }) },
    phone: undefined,
    routing: { counts: undefined },
    recorder: { health: () => ({ status: "ok" }) },
    completion: { onDispatched: (listener) => void (addCost = listener) },
    webhooks: undefined,
    load: { overloaded: true, sockets: { count: () => 2, cut: 1 }, onDelay: (tell) => tell(7) },
    output: { lines: { dropped: 0 } },
    memory: () => ({ rss: 1000, heapUsed: 500 }),
    ...deps,
  });
  for (const event of events) hub.publish("call_a", event);
  await settled();
  addCost({ cost: { usd: 0.1, parts } });
  addCost({ cost: { usd: 0.2, parts } });
  addCost({ cost: { usd: null, parts } });
  metrics[Symbol.dispose]();
  return metrics.write().split("\n");
}

const parts = { text: null, audio: null, transcription: null, telephony: null };

Deno.test("openMetrics() counts what happens in calls", async () => {
  const lines = await written([
    { type: "started", direction: "web", agent: "receptionist" },
    { type: "interrupted", itemId: "i", heardMs: 1 },
    { type: "toolEnded", toolCallId: "t", name: "n", ok: false, output: "", durationMs: 1 },
    { type: "latency", itemId: "i", latency: { responseMs: 300, firstAudioMs: 150, totalMs: 450 } },
    { type: "notice", code: "audio_refused" },
    { type: "modelLost", code: "closed", recovering: true },
    {
      type: "usage",
      usage: {
        inputText: 1,
        inputAudio: 2,
        cachedText: 3,
        cachedAudio: 4,
        outputText: 5,
        outputAudio: 6,
      },
    },
    { type: "transcriptionUsage", usage: { unit: "seconds", seconds: 1.5 } },
    { type: "transcriptionUsage", usage: { unit: "tokens", input: 7, output: 8 } },
    { type: "ended", end: { reason: "idle", detail: "private" }, durationMs: 45_000 },
  ]);
  for (
    const line of [
      'parley_calls_started_total{direction="web"} 1',
      'parley_calls_started_total{direction="inbound"} 0',
      'parley_calls_ended_total{reason="idle"} 1',
      'parley_calls_live{direction="web"} 1',
      "parley_calls_max 100",
      'parley_call_duration_seconds_bucket{le="30"} 0',
      'parley_call_duration_seconds_bucket{le="60"} 1',
      'parley_response_latency_seconds_bucket{le="0.4"} 0',
      'parley_response_latency_seconds_bucket{le="0.6"} 1',
      'parley_response_latency_seconds_bucket{le="+Inf"} 1',
      "parley_response_latency_seconds_sum 0.45",
      "parley_interruptions_total 1",
      'parley_tool_calls_total{result="failed"} 1',
      'parley_notices_total{code="audio_refused"} 1',
      'parley_model_lost_total{recovering="true"} 1',
      'parley_tokens_total{kind="output_audio"} 6',
      'parley_tokens_total{kind="transcription_output"} 8',
      "parley_transcription_seconds_total 1.5",
      "parley_cost_usd_total 0.3",
      "parley_calls_unpriced_total 1",
      "parley_events_total 10",
      "parley_store_up 1",
      "process_resident_memory_bytes 1000",
    ]
  ) assert.ok(lines.includes(line), line);
  assert.ok(!lines.some((line) => line.includes("private")));
});

Deno.test("openMetrics() shows a failing store and failed webhooks", async () => {
  const lines = await written([], {
    recorder: { health: () => ({ status: "degraded", sinceMs: 0, waiting: 12, dropped: 3 }) },
    webhooks: { counts: { delivered: 5, failed: 2, dead: 1 } },
  });
  for (
    const line of [
      "parley_store_up 0",
      "parley_store_waiting 12",
      "parley_store_dropped 3",
      'parley_webhook_attempts_total{result="failed"} 2',
      "parley_webhooks_dead_total 1",
    ]
  ) assert.ok(lines.includes(line), line);
});

Deno.test("openMetrics() writes each name once, with its help and type, and ends its last line", async () => {
  const lines = await written([]);
  assert.equal(lines.at(-1), "");
  const types = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
  assert.equal(new Set(types).size, types.length);
  for (const line of lines.filter((line) => line !== "" && !line.startsWith("#"))) {
    assert.match(line, /^[a-z_]+(\{[a-z]+="[^"]*"\})? -?[\d.e+-]+$/);
  }
});

Deno.test("createCounter() escapes what stands in labels", () => {
  const counter = createCounter("c", "Help.");
  counter.add(1, { a: 'x"\\\ny' });
  assert.equal(counter.write(), '# HELP c Help.\n# TYPE c counter\nc{a="x\\"\\\\\\ny"} 1\n');
});

Deno.test("createHistogram() counts a value on a bound below it, and one beyond all in +Inf", () => {
  const histogram = createHistogram("h", "Help.", [1, 2]);
  for (const value of [1, 1.5, 9]) histogram.observe(value);
  assert.equal(
    histogram.write(),
    '# HELP h Help.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="2"} 2\nh_bucket{le="+Inf"} 3\nh_sum 11.5\nh_count 3\n',
  );
});
