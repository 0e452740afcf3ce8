import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { PlainFile } from "../../../src/services/recording/plainFile.ts";
import { toneSamples } from "../../../src/sim/voice/toneVoice.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { ended, opened, said } from "../store/storedCalls.ts";

/** The id of the call that has something of everything. */
export const FULL_CALL = "call_ada";

const DURATION_MS = 48_000;
const BYTES_PER_MS = 8;

type Line = Partial<TranscriptTurn> & Pick<TranscriptTurn, "text" | "startedMs" | "role">;

const LINES: readonly Line[] = [
  { role: "agent", startedMs: 900, text: "Good day, Salon Miller. How can I help you?" },
  { role: "caller", startedMs: 4_700, text: "Hi, I'd like a haircut as soon as you can." },
  {
    role: "agent",
    startedMs: 9_900,
    text: "Of course. I could offer you tomorrow at ten, or",
    interrupted: true,
    unheard: "tomorrow at half past three. Which of the two suits you?",
  },
  { role: "caller", startedMs: 14_200, text: "Tomorrow at ten is fine." },
  { role: "agent", startedMs: 17_400, text: "Tomorrow at ten. What name may I put down?" },
  { role: "caller", startedMs: 21_000, text: "Ada Lovelace." },
  {
    role: "agent",
    startedMs: 24_600,
    text: "Thank you, Mrs Lovelace. You are booked for tomorrow at ten o'clock. Anything else?",
  },
  { role: "caller", startedMs: 31_500, text: "Is there parking nearby?" },
  {
    role: "agent",
    startedMs: 34_100,
    text: "Yes, there is a car park across the street, and the first hour is free.",
  },
  { role: "caller", startedMs: 40_400, text: "Lovely. Thank you, goodbye." },
  { role: "agent", startedMs: 43_300, text: "Goodbye, Mrs Lovelace, and see you tomorrow." },
];

/** A recorded and analysed call, with an interruption, tools and latencies. */
export function fullCall(startedAt: number): readonly CallWrite[] {
  const callId = FULL_CALL;
  const latency = (at: number, responseMs: number, firstAudioMs: number): CallWrite => ({
    type: "latency",
    callId,
    itemId: `item_${at}`,
    sequence: at,
    latency: {
      responseMs,
      firstAudioMs,
      firstHeardMs: 60,
      totalMs: responseMs + firstAudioMs + 60,
    },
  });
  const tool = (id: string, name: string, atMs: number, asked: unknown, output: unknown) =>
    [
      {
        ...{ type: "toolStarted", callId, toolCallId: id, name, startedMs: atMs - 240 },
        arguments: JSON.stringify(asked),
      },
      {
        ...{ type: "toolEnded", callId, toolCallId: id, name, ok: true, durationMs: 240, atMs },
        output: JSON.stringify(output),
      },
    ] as const satisfies readonly CallWrite[];
  return [
    opened({
      ...{ id: callId, direction: "inbound", agent: "receptionist", startedAt },
      ...{ from: "+14155550142", to: "+14155550100", callerProven: true },
      ...{ model: "gpt-realtime-2.1", transcriptionModel: "gpt-4o-transcribe" },
    }),
    { type: "changed", callId, changes: { answeredAt: startedAt + 700 } },
    ...LINES.map((line, at): CallWrite => ({
      ...said(callId, {
        id: `item_${at}`,
        position: at,
        endedMs: line.startedMs + lengthOf(line),
        ...line,
      }),
      ...(at === 0 && { isGreeting: true }),
    } as CallWrite)),
    ...tool("tool_1", "find_slots", 9_300, { service: "haircut", when: "tomorrow" }, {
      slots: ["10:00-10:30", "15:30-16:00"],
    }),
    ...tool("tool_2", "book_slot", 24_100, { slot: "10:00-10:30", name: "Ada Lovelace" }, {
      booked: "10:00-10:30",
    }),
    ...[[2, 420, 310], [4, 380, 250], [6, 510, 330], [8, 360, 240], [10, 400, 270]].map((
      [at = 0, response = 0, audio = 0],
    ) => latency(at, response, audio)),
    {
      ...{ type: "recording", callId, instanceId: "instance_a" },
      status: {
        ...{ state: "stopped", atMs: DURATION_MS },
        spans: [{ kind: "recorded", fromMs: 700, toMs: DURATION_MS }],
      },
    },
    {
      ...{ type: "recordingFinished", callId, durationMs: DURATION_MS },
      bytes: 58 + DURATION_MS * BYTES_PER_MS * 2,
    },
    { type: "recordingTold", callId, at: startedAt + DURATION_MS },
    ended(callId, {
      end: { reason: "agent_hung_up" },
      endedAt: startedAt + DURATION_MS,
      durationMs: DURATION_MS,
      latenciesMs: [790, 690, 900, 660, 730],
      latency: { turns: 5, p50Ms: 730, p95Ms: 900 },
      usage: {
        ...{ ...noUsage, inputText: 4210, inputAudio: 2630, cachedText: 3100, cachedAudio: 1240 },
        ...{ outputText: 260, outputAudio: 980, responses: 6, transcriptionSeconds: 14 },
      },
      cost: {
        usd: 0.142,
        parts: { text: 0.008, audio: 0.121, transcription: 0.003, telephony: 0.01 },
      },
    }),
  ];
}

/** The recording of that call: each line sounds where its words are. */
export function writeFullRecording(folder: string): void {
  const sides = { caller: silence(), agent: silence() };
  for (const line of LINES) {
    const sound = encodeG711(
      MU_LAW,
      createResampler(16_000, 8_000).process(toneSamples(lengthOf(line))),
    );
    sides[line.role].set(sound, line.startedMs * BYTES_PER_MS);
  }
  const both = new Uint8Array(2 * sides.caller.length);
  for (let at = 0; at < sides.caller.length; at++) {
    both[2 * at] = sides.caller[at]!;
    both[2 * at + 1] = sides.agent[at]!;
  }
  const file = PlainFile.create(`${folder}/${FULL_CALL}.wav`, "pcmu");
  file.write(0, both);
  file.flush();
  file.close();
}

function silence(): Uint8Array {
  return new Uint8Array(DURATION_MS * BYTES_PER_MS).fill(0xff);
}

function lengthOf({ text }: Pick<Line, "text">): number {
  return text.length * 65;
}
