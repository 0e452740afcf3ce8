import type { CallEvent } from "../../../src/call/callEvent.ts";
import { EventReader } from "../../support/eventReader.ts";
import { ACCOUNT } from "../load/account.ts";
import { cpuSeconds } from "../load/measure.ts";
import { startParley, type Subject } from "../load/subject.ts";
import { Trial } from "../load/trial.ts";

/** An event of a conversation, and when it came, from the beginning of the recording. */
export interface CapturedEvent {
  readonly atMs: number;
  /** Which of the calls. */
  readonly call: number;
  readonly event: CallEvent;
}

export interface Capture {
  readonly calls: number;
  readonly seconds: number;
  readonly events: readonly CapturedEvent[];
  /** Of a core that the server took. */
  readonly cpuShare: number;
}

/** In which every caller has one turn, and is answered. */
const ROUND_SECONDS = 10;
const ROUNDS = 2;
const KEY = "0123456789abcdef0123456789abcdef";

/** Records the live events that simulated phone calls make at one server, in turns of conversation. */
export async function captureConversation(databaseUrl: string, calls: number): Promise<Capture> {
  let subject: Subject | undefined;
  const trial = await Trial.start({
    start: async (modelUrl) =>
      subject = await startParley(modelUrl, ACCOUNT, {
        DATABASE_URL: databaseUrl,
        API_KEYS: `bench:${KEY};scopes=admin`,
      }),
    withWebhook: true,
    talk: { shape: "conversation" },
  });
  const { origin, pid } = subject!;
  await trial.callUpTo(calls);
  const response = await fetch(`${origin}/api/events`, { headers: { "X-API-Key": KEY } });
  const reader = new EventReader(response);
  const startedAt = Date.now();
  const cpuBefore = cpuSeconds(pid);
  const reading = readAll(reader, startedAt);
  for (let round = 0; round < ROUNDS; round++) await trial.talk(ROUND_SECONDS);
  const cpu = cpuSeconds(pid) - cpuBefore;
  await reader.close();
  const events = await reading;
  await trial.end();
  const seconds = ROUNDS * ROUND_SECONDS;
  return {
    calls,
    seconds,
    events: events.filter(({ atMs }) => atMs >= 0 && atMs < seconds * 1000),
    cpuShare: cpu / seconds,
  };
}

async function readAll(reader: EventReader, startedAt: number): Promise<readonly CapturedEvent[]> {
  const events: CapturedEvent[] = [];
  const calls = new Map<string, number>();
  for (;;) {
    const read = await reader.next().catch(() => undefined);
    if (read === undefined) return events;
    if (read.name === "comment" || read.name === "missed") continue;
    const { callId, at, event } = JSON.parse(read.data);
    const call = calls.get(callId) ?? calls.size;
    calls.set(callId, call);
    events.push({ atMs: Date.parse(at) - startedAt, call, event });
  }
}
