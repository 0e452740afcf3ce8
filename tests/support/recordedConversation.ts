import { NOW, type PageVisit } from "./servers/pageServer.ts";
import type { recordedApi } from "./servers/recordedApi.ts";
import { said } from "./store/storedCalls.ts";

const SECOND = 8000;
export const RECORDED_ID = "call_recorded";

/** What the calls of `rememberRecorded` have said, by the time: caller and agent in turn. */
const LINES = [
  ["agent", 1, 4, "Good day, this is Acme. How can I help you?"],
  ["caller", 5, 9, "I would like to move my appointment <b>please</b>."],
  ["agent", 11, 14, "Of course. There is room on"],
  ["caller", 14, 17, "No, wait, not this week."],
  ["agent", 24, 30, "Then next Tuesday at nine. Is that all right?"],
  ["caller", 32, 34, "That is fine, thank you."],
  ["agent", 36, 39, "Done. Goodbye."],
] as const;

const ANSWERS = [["t0", 300, 250, 150], ["t2", 800, 400, 300], ["t4", 500, 350, 250]] as const;

/** An ended call of forty seconds with a recording, a cut, a tool, a transfer, latencies and usage. */
export async function rememberRecorded(
  { remember, store }: Pick<PageVisit, "remember" | "store">,
  recorded: Pick<Awaited<ReturnType<typeof recordedApi>>, "write">,
): Promise<void> {
  const began = NOW - 60_000;
  const call = { id: RECORDED_ID, direction: "inbound", from: "+14155550123" } as const;
  await remember({ ...call, startedAt: began });
  const sound = new Uint8Array(2 * 40 * SECOND).fill(0xff);
  for (const [role, from, to] of LINES) {
    for (let at = from * SECOND; at < to * SECOND; at++) {
      // Louder and quieter, as words are.
      const depth = Math.floor(24 + 20 * Math.sin(at / 900));
      sound[2 * at + (role === "agent" ? 1 : 0)] = at % 16 < 8 ? 0x80 + depth : depth;
    }
  }
  recorded.write(RECORDED_ID, "pcmu", sound);
  const tokens = { cachedText: 0, outputText: 20, outputAudio: 80 };
  await store.calls.write([
    ...LINES.map(([role, from, to, text], at) =>
      said(RECORDED_ID, {
        ...{ id: `t${at}`, position: at + 1, role, text, interrupted: at === 2 },
        ...{ startedMs: from * 1000, endedMs: to * 1000 },
        ...(at === 2 && { unheard: "Thursday at ten, or on Friday." }),
      })
    ),
    ...ANSWERS.map(([itemId, responseMs, firstAudioMs, firstHeardMs], at) => ({
      ...{ type: "latency", callId: RECORDED_ID, itemId, sequence: at + 1 } as const,
      latency: {
        ...{ responseMs, firstAudioMs, firstHeardMs },
        totalMs: responseMs + firstAudioMs + firstHeardMs,
      },
    })),
    ...ANSWERS.map(([itemId], at) => ({
      ...{ type: "responseUsage", callId: RECORDED_ID, sequence: at + 1 } as const,
      response: {
        ...{ atMs: 4000 + at * 10_000, itemId, model: "gpt-realtime", usd: 0.01 * (at + 1) },
        usage: { ...tokens, inputText: 1000 * (at + 1), inputAudio: 500, cachedAudio: 250 * at },
      },
    })),
    {
      ...{ type: "toolStarted", callId: RECORDED_ID, toolCallId: "x1", name: "find_times" },
      ...{ arguments: '{"week":48}', startedMs: 18_000 },
    },
    {
      ...{ type: "toolEnded", callId: RECORDED_ID, toolCallId: "x1", name: "find_times", ok: true },
      ...{ output: '{"times":["9:00"]}', durationMs: 4000, atMs: 22_000 },
    },
    {
      type: "recording",
      callId: RECORDED_ID,
      instanceId: "test",
      status: {
        state: "stopped",
        atMs: 40_000,
        spans: [{ kind: "recorded", fromMs: 0, toMs: 40_000 }],
      },
    },
    {
      type: "recordingFinished",
      callId: RECORDED_ID,
      bytes: sound.length + 58,
      durationMs: 40_000,
    },
  ]);
  await remember({ ...call, startedAt: began }, {
    endedAt: began + 40_000,
    durationMs: 40_000,
    latency: { turns: 3, p50Ms: 1100, p95Ms: 1500 },
  });
}
