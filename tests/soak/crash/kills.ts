import type { LineQuality, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { createRandom, type Random } from "../../../src/sim/twilio/random.ts";
import { voiceOf } from "../../support/servers/phoneRig.ts";
import { detail, type ProcessRig, startProcessRig } from "../../support/servers/processRig.ts";
import { until } from "../../support/until.ts";
import { atLeast, atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";
import { type CommittedTurn, watchTurns } from "./committedTurns.ts";

const CALLS = 6;
const TALKS_WITHIN_MS = 5000;
/** A call that does not talk by then has been dropped. */
const DROPPED_MS = 45_000;
/** Writes are gathered for 5 ms, and take a moment more. */
const DURABLE_MS = 100;
const LONGEST_LIFE_MS = 4000;

/**
 * Kills a server with live calls at random moments, starts another in its place, and listens to its calls.
 * With `line`, Twilio's voice and its pauses are others than in truth.
 */
export async function soakKills(
  { count, seed, progress, line = {}, calls = CALLS }: SoakOptions & {
    readonly line?: LineQuality;
    /** How many live through every kill. */
    readonly calls?: number;
  },
): Promise<readonly Figure[]> {
  const random = createRandom(seed);
  await using rig = await startProcessRig({ line });
  let phones: readonly SimulatedCall[] = [];
  const silentMs: number[] = [];
  const restartMs: number[] = [];
  let lost = 0;
  let dropped = 0;
  for (let kill = 1; kill <= count; kill++) {
    phones = await withNewCalls(rig, phones, calls);
    await using turns = await watchTurns(rig.server);
    const speaking = phones.map((phone) => speakNow(phone, random));
    await pause(random() * LONGEST_LIFE_MS);
    const killedAt = performance.now();
    rig.server.signal("SIGKILL");
    await rig.server.ended();
    const talks = phones.map((phone) => nextSpeech(phone));
    await rig.start({ sameAddress: true });
    const upAt = performance.now();
    restartMs.push(upAt - killedAt);
    const spokeAt = await Promise.all(talks);
    // What was broken off is said to the end in the next stream.
    await Promise.all(speaking);
    for (const at of spokeAt) silentMs.push(at === undefined ? Infinity : Math.max(0, at - upAt));
    dropped += spokeAt.filter((at) => at === undefined).length;
    lost += await countLost(rig, turns.committedBy(killedAt - DURABLE_MS));
    const worst = Math.max(...silentMs.filter(Number.isFinite));
    progress(kill, `${dropped} dropped, ${lost} turns lost, at most ${Math.round(worst)} ms`);
  }
  const soon = silentMs.filter((ms) => ms <= TALKS_WITHIN_MS).length;
  const sorted = silentMs.toSorted((a, b) => a - b);
  return [
    exactly("kills with live calls", restartMs.length, count),
    atMost("longest restart", Math.max(...restartMs) / 1000, 20, "s"),
    atLeast(
      "calls that talk within 5 s of the server being up",
      100 * soon / silentMs.length,
      99,
      "%",
    ),
    atMost(
      "until a call talks, 95 % of them",
      (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) / 1000,
      5,
      "s",
    ),
    exactly("calls dropped", dropped, 0),
    exactly("turns lost that were said", lost, 0),
  ];
}

/** The calls that are left, and others in the place of those that have ended. */
async function withNewCalls(
  rig: ProcessRig,
  phones: readonly SimulatedCall[],
  calls: number,
): Promise<readonly SimulatedCall[]> {
  const left = phones.filter(({ status }) => status === "in-progress");
  const added = Array.from({ length: calls - left.length }, () => rig.network.call());
  await Promise.all(added.map((phone) => phone.next("speaking")));
  return [...left, ...added];
}

/** The caller says something soon: some are killed in the middle of it, others in that of the answer. */
async function speakNow(phone: SimulatedCall, random: Random): Promise<void> {
  await pause(random() * 1000);
  await phone.speak(voiceOf(400 + random() * 800));
}

/** When the agent speaks in the call's next stream; undefined where it never does. */
function nextSpeech(phone: SimulatedCall): Promise<number | undefined> {
  return new Promise((resolve) => {
    let opened = false;
    const settle = (at: number | undefined) => {
      stop();
      clearTimeout(timer);
      resolve(at);
    };
    const timer = setTimeout(() => settle(undefined), DROPPED_MS);
    const stop = phone.watch(({ type }) => {
      if (type === "streamStarted") opened = true;
      if (type === "speaking" && opened) settle(performance.now());
      if (type === "ended") settle(undefined);
    });
  });
}

/** How many of these turns the record does not hold as they were said. */
export async function countLost(rig: ProcessRig, said: readonly CommittedTurn[]): Promise<number> {
  let lost = 0;
  for (const callId of new Set(said.map((turn) => turn.callId))) {
    const { turns } = await until<{ readonly turns: readonly CommittedTurn["turn"][] }>(
      () => detail(rig.server, callId),
      ({ turns }) => turns !== undefined,
    );
    const kept = new Map(turns.map((turn) => [turn.id, turn.text]));
    lost += said.filter((each) =>
      each.callId === callId && kept.get(each.turn.id) !== each.turn.text
    )
      .length;
  }
  return lost;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
