import type { LineQuality, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { createRandom, type Random } from "../../../src/sim/twilio/random.ts";
import { voiceOf } from "../../support/servers/phoneRig.ts";
import {
  detail,
  liveCalls,
  type ProcessRig,
  startProcessRig,
} from "../../support/servers/processRig.ts";
import { watchTurns } from "../crash/committedTurns.ts";
import { countLost, pause } from "../crash/kills.ts";
import { atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";

const GREETING = "Good day.";
const TALKS_WITHIN_MS = 5000;
/** A call that does not talk by then has been dropped. */
const DROPPED_MS = 45_000;
/** Some hosts kill a process so long after its signal. */
const LEAVES_WITHIN_MS = 5000;
const LONGEST_LIFE_MS = 4000;

/**
 * Replaces a server with live calls by another, at the same port and at random moments, and listens to its
 * calls. With `line`, Twilio's voice and its pauses are others than in truth.
 */
export async function soakDeploys(
  { count, seed, progress, calls, line = {} }: SoakOptions & {
    readonly calls: number;
    readonly line?: LineQuality;
  },
): Promise<readonly Figure[]> {
  const random = createRandom(seed);
  await using rig = await startProcessRig({
    line,
    agent: `greeting: ${GREETING}`,
    env: { MAX_CALLS: "100", CALLER_DAILY_MINUTES: "0" },
  });
  let phones: readonly SimulatedCall[] = [];
  const heldMs: number[] = [];
  const leftMs: number[] = [];
  const endedInSilence: number[] = [];
  let lost = 0;
  for (let deploy = 1; deploy <= count; deploy++) {
    phones = await withNewCalls(rig, phones, calls);
    await using turns = await watchTurns(rig.server);
    const speaking = phones.map((phone) => speakNow(phone, random));
    await pause(random() * LONGEST_LIFE_MS);
    const old = rig.server;
    const toldAt = performance.now();
    const holds = phones.map(timeOnHold);
    old.signal("SIGTERM");
    const started = rig.start({ sameAddress: true });
    await old.ended();
    leftMs.push(performance.now() - toldAt);
    await started;
    for (const ms of await Promise.all(holds)) heldMs.push(ms ?? Infinity);
    await Promise.all(speaking);
    endedInSilence.push(phones.filter(({ status }) => status !== "in-progress").length);
    lost += await countLost(rig, turns.committedBy(toldAt));
    progress(
      deploy,
      `${sum(endedInSilence)} dropped, at most ${Math.round(Math.max(...heldMs))} ms`,
    );
  }
  const records = await Promise.all(
    (await liveCalls(rig.server)).map(({ id }) => detail(rig.server, id)),
  );
  const sorted = heldMs.toSorted((a, b) => a - b);
  return [
    exactly("deploys with live calls", leftMs.length, count),
    atMost(
      "longest until a server had left",
      Math.max(...leftMs) / 1000,
      LEAVES_WITHIN_MS / 1000,
      "s",
    ),
    exactly("calls dropped", sum(endedInSilence), 0),
    atMost(
      "from being sent on until a call talks, longest",
      (sorted.at(-1) ?? 0) / 1000,
      TALKS_WITHIN_MS / 1000,
      "s",
    ),
    atMost(
      "from being sent on until a call talks, 95 %",
      (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) / 1000,
      TALKS_WITHIN_MS / 1000,
      "s",
    ),
    exactly("turns lost that were said", lost, 0),
    exactly("calls greeted twice", records.filter(isGreetedTwice).length, 0),
    exactly("records beside one for each call", records.length - phones.length, 0),
  ];
}

/** The calls that are left, and others in the place of those that have ended. */
async function withNewCalls(
  rig: ProcessRig,
  phones: readonly SimulatedCall[],
  calls: number,
): Promise<readonly SimulatedCall[]> {
  const left = phones.filter(({ status }) => status === "in-progress");
  const added = Array.from(
    { length: calls - left.length },
    (_, at) => rig.network.call({ from: `+1202555${String(1000 + at)}` }),
  );
  await Promise.all(added.map((phone) => phone.next("speaking")));
  return [...left, ...added];
}

/** The caller says something soon: some are sent on in the middle of it, others in that of the answer. */
async function speakNow(phone: SimulatedCall, random: Random): Promise<void> {
  await pause(random() * 2000);
  await phone.speak(voiceOf(400 + random() * 800));
}

/** From when a call is sent on until its agent speaks in the next stream; undefined where it never does. */
function timeOnHold(phone: SimulatedCall): Promise<number | undefined> {
  return new Promise((resolve) => {
    let sentAt: number | undefined;
    let opened = false;
    const settle = (ms: number | undefined) => {
      stop();
      clearTimeout(timer);
      resolve(ms);
    };
    const timer = setTimeout(() => settle(undefined), DROPPED_MS);
    const stop = phone.watch(({ type }) => {
      if (type === "updated") sentAt ??= performance.now();
      if (type === "streamStarted" && sentAt !== undefined) opened = true;
      if (type === "speaking" && opened) settle(performance.now() - (sentAt ?? 0));
      if (type === "ended") settle(undefined);
    });
  });
}

function isGreetedTwice({ turns }: { readonly turns: readonly { readonly text: string }[] }) {
  return turns.filter(({ text }) => text === GREETING).length > 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
