import type { PublishedEvent } from "../../../src/services/events/eventHub.ts";
import type { RealtimeSession } from "../../../src/sim/openai/realtimeServer.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import { type PhoneRig, startPhoneRig, voiceOf } from "../../support/servers/phoneRig.ts";
import { startTcpProxy, type TcpProxy } from "../../support/faults/tcpProxy.ts";
import { until } from "../../support/until.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";
import { atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";
import { CallWatch } from "./callWatch.ts";
import { talker } from "./talker.ts";
import { pause } from "../pause.ts";

/** Each call loses its connection about every ten seconds: far more often than ever, and within its limits. */
const CALLS = 10;
const LOSS_EVERY_MS = 1000;

const AGENT = `greeting: Good day.
filler_after_ms: 0
http_tools:
  - { name: lookup, description: Looks something up., url: "TOOL", identity: false, parameters: { type: object, properties: { id: { type: string } } } }`;

type Cut = (session: RealtimeSession, proxy: TcpProxy, random: () => number) => void;

const CUTS: Readonly<Record<string, Cut>> = {
  "1001": (session) => session.close(1001, "Going away"),
  "1011": (session) => session.close(1011, "Internal server error"),
  "no code": (session) => session.close(),
  reset: (_, proxy, random) => anyOf(proxy.open, random)?.cut(),
  "FIN without a close frame": (_, proxy, random) => anyOf(proxy.open, random)?.halfClose("down"),
};

/** Has calls talk while their model connections are cut, `count` times; measures what callers notice. */
export async function soakModelLoss(
  { count, seed, progress }: SoakOptions,
): Promise<readonly Figure[]> {
  const random = createRandom(seed);
  const ran = new Map<string, number>();
  await using tools = startTools(ran);
  await using proxy = await startTcpProxy({ port: 1 });
  const calls = Math.min(CALLS, Math.max(1, Math.ceil(count / 5)));
  await using rig = await startPhoneRig({
    agent: AGENT.replace("TOOL", tools.url),
    overrides: { recordAfterMs: 0 },
    env: { OPENAI_REALTIME_URL: proxy.through("ws://127.0.0.1:1/v1/realtime") },
    // Slower than engines are, so that many a connection is lost while an answer is half delivered.
    model: { script: talker(), speed: 2 },
  });
  proxy.target = { hostname: "127.0.0.1", port: Number(new URL(rig.realtime.url).port) };
  const watches = new Map<string, CallWatch>();
  const watching = rig.server.app.events.subscribe(
    () => true,
    ({ callId, event }: PublishedEvent) => watches.get(callId)?.see(event, performance.now()),
    { maxQueued: 100_000 },
  );
  const stop = new AbortController();
  const talks: Promise<void>[] = [];
  for (let n = 0; n < calls; n++) talks.push(talk(rig, watches, stop.signal));
  try {
    await Promise.all([...watches.values()].map((watch) => watch.greeted));
    await bridgeRecorded(rig, calls);
    let losses = 0;
    for (let tries = 0; losses < count && tries < 3 * count; tries++) {
      await pause(LOSS_EVERY_MS * (0.5 + random()) * (count > 20 ? CALLS / calls : 1));
      const session = anyOf(rig.realtime.sessions, random);
      if (session === undefined) continue;
      const [, cut] = anyOf(Object.entries(CUTS), random)!;
      cut(session, proxy, random);
      losses = sum([...watches.values()].map((watch) => watch.losses));
      progress(losses);
    }
  } finally {
    stop.abort();
    await Promise.all(talks);
    watching.close();
  }
  return figuresOf([...watches.values()], ran);
}

/** The sentence for a caller who waits is recorded once, over a connection of its own. */
async function bridgeRecorded({ realtime }: PhoneRig, calls: number): Promise<void> {
  const sessions = () => [realtime.stats.connections, realtime.sessions.length] as const;
  await until(sessions, ([made, open]) => made > calls && open <= calls);
}

/** A call in which the caller asks again and again, and hears each answer out. */
async function talk(
  rig: PhoneRig,
  watches: Map<string, CallWatch>,
  stopped: AbortSignal,
): Promise<void> {
  const phone = rig.server.network.call();
  await phone.next("streamStarted");
  const session = rig.server.app.registry.byCallSid(phone.sid);
  if (session === undefined) throw new Error("Cannot talk: the call has no session");
  const watch = new CallWatch();
  watches.set(session.id, watch);
  let isLast = false;
  while (!watch.ended && !isLast) {
    // What was left over is told in an answer that nothing disturbs.
    isLast = stopped.aborted;
    await phone.speak(voiceOf(700));
    await watch.answer(performance.now());
  }
  if (!watch.ended) await hangUp(phone);
}

function figuresOf(
  watches: readonly CallWatch[],
  ran: ReadonlyMap<string, number>,
): readonly Figure[] {
  const resumed = watches.flatMap(({ resumedMs }) => resumedMs).sort((a, b) => a - b);
  const usual = watches.flatMap(({ usualMs }) => usualMs).sort((a, b) => a - b);
  const engineMs = at(usual, 0.5);
  const silences = watches.flatMap(({ silencesMs }) => silencesMs).sort((a, b) => a - b);
  const runs = [...ran.values()];
  console.log(
    `  ${
      sum(watches.map(({ losses }) => losses))
    } losses, ${resumed.length} of them before an answer ` +
      `was whole: p50 ${Math.round(at(resumed, 0.5))} ms, p95 ${
        Math.round(at(resumed, 0.95))
      } ms, ` +
      `longest ${Math.round(resumed.at(-1) ?? 0)} ms to the next words, the engine's usual ` +
      `${Math.round(engineMs)} ms included; ` +
      `silences p95 ${Math.round(at(silences, 0.95))} ms of ${silences.length}; ` +
      `${runs.length} tools ran, ${sum(watches.map(({ bridges }) => bridges))} bridges`,
  );
  return [
    exactly("calls dropped", watches.filter(({ ended }) => ended).length, 0),
    exactly("answers that never came", sum(watches.map(({ unanswered }) => unanswered)), 0),
    atMost(
      "p95 from a loss to the next words, beyond the engine's usual time",
      Math.max(0, at(resumed, 0.95) - engineMs) / 1000,
      1.5,
      "s",
    ),
    atMost("longest silence of an agent that owes words", (silences.at(-1) ?? 0) / 1000, 2, "s"),
    exactly("tools that ran twice", runs.filter((times) => times > 1).length, 0),
    exactly("results that were lost", sum(watches.map(({ lostResults }) => lostResults)), 0),
  ];
}

function startTools(ran: Map<string, number>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { id } = await request.json();
    ran.set(id, (ran.get(id) ?? 0) + 1);
    // Long enough that some connections are lost while a tool runs.
    await pause(300);
    return new Response(`result ${id}`);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function anyOf<T>(all: readonly T[], random: () => number): T | undefined {
  return all[Math.floor(random() * all.length)];
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
