import assert from "node:assert/strict";
import { openTranscriber } from "../../../src/cli/rehearse/rehearsedTranscriber.ts";
import { readSettings } from "../../../src/config/env.ts";
import { loadPrices } from "../../../src/services/spending.ts";
import { startTranscriptionServer } from "../../../src/sim/transcription/transcriptionServer.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";

const KEY = "sk-of-the-test";
const BASE = { API_KEYS: "ops:a-secret-of-sixteen-or-more" };
const MINUTE = new Uint8Array(60 * 8000).fill(0xff);

Deno.test("each request is counted, none is sent beyond the limit, and every failure has a word", async () => {
  const model = startTranscriptionServer({ apiKey: KEY, texts: [], voice: createToneVoice() });
  let usd = 0;
  let refusal: string | undefined;
  const interrupted = new AbortController();
  const transcribe = await opened(
    {
      ANALYSIS_MODEL: "gpt-5-mini",
      ANALYSIS_URL: model.url.replace("audio/transcriptions", "chat/completions"),
      ANALYSIS_API_KEY: KEY,
    },
    { add: (more) => void (usd += more), refusal: () => refusal },
    interrupted.signal,
  );
  assert.deepEqual(await transcribe?.(MINUTE), { ok: true, text: "" });
  assert.equal(usd, 0.0045);
  assert.equal(model.requests[0]?.samples.length, MINUTE.length);
  model.fail(
    { type: "status", status: 401 },
    { type: "cut" },
    { type: "body", body: JSON.stringify({ text: "x".repeat(300_000) }) },
    { type: "body", body: "[]" },
  );
  for (const why of ["http_401", "unreachable", "answer_too_large", "invalid_answer"]) {
    assert.deepEqual(await transcribe?.(MINUTE), { ok: false, why });
  }
  const long = await transcribe?.(new Uint8Array(13_000_000));
  assert.deepEqual(long, { ok: false, why: "a stretch of it is too long" });
  refusal = "--max-usd 5 is used up";
  assert.deepEqual(await transcribe?.(MINUTE), { ok: false, why: refusal });
  assert.equal(model.requests.length, 5);
  refusal = undefined;
  model.fail({ type: "hang" });
  const hanging = transcribe?.(MINUTE);
  interrupted.abort();
  assert.deepEqual(await hanging, { ok: false, why: "it was interrupted" });
  await model.close();
});

Deno.test("nothing is transcribed without a key for where it would be", async () => {
  const other = "https://api.groq.com/openai/v1/chat/completions";
  const local = "http://127.0.0.1:9/v1/chat/completions";
  const cases: readonly (readonly [Readonly<Record<string, string>>, string | undefined])[] = [
    [{}, undefined],
    [{ OPENAI_API_KEY: "rehearsal" }, undefined],
    [{ OPENAI_API_KEY: KEY, OPENAI_REALTIME_URL: "wss://x.openai.azure.com/v1" }, undefined],
    [{ ANALYSIS_MODEL: "m", ANALYSIS_URL: local }, undefined],
    [{ ANALYSIS_MODEL: "m", ANALYSIS_URL: other, ANALYSIS_API_KEY: KEY }, undefined],
    [{ OPENAI_API_KEY: KEY, ANALYSIS_MODEL: "m", ANALYSIS_URL: local }, "api.openai.com"],
    [
      { OPENAI_API_KEY: KEY, ANALYSIS_MODEL: "m", ANALYSIS_URL: other, ANALYSIS_API_KEY: "k" },
      "api.openai.com",
    ],
    [{ OPENAI_API_KEY: KEY }, "api.openai.com"],
    [{ OPENAI_API_KEY: KEY, ANALYSIS_MODEL: "gpt-5-mini" }, "api.openai.com"],
  ];
  for (const [environment, host] of cases) {
    const settings = readSettings({ ...BASE, ...environment });
    const prices = await loadPrices(settings.records);
    const spending = { add: () => {}, refusal: () => undefined };
    const { signal } = new AbortController();
    const note = openTranscriber(settings, { prices, spending, signal })?.note;
    if (host === undefined) assert.equal(note, undefined);
    else assert.ok(note?.includes(` at ${host} writes down`), note);
  }
});

async function opened(
  environment: Readonly<Record<string, string>>,
  spending: { add(usd: number): void; refusal(): string | undefined },
  signal: AbortSignal,
) {
  const settings = readSettings({ ...BASE, ...environment });
  const prices = await loadPrices(settings.records);
  return openTranscriber(settings, { prices, spending, signal })?.transcribe;
}
