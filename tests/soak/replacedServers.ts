import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import type { Random } from "../../src/sim/twilio/random.ts";
import { voiceOf } from "../support/servers/phoneRig.ts";
import type { ProcessRig } from "../support/servers/processRig.ts";
import { pause } from "./pause.ts";

/** The target: from when a call can go on until its agent speaks. */
export const TALKS_WITHIN_MS = 5000;
/** A call that does not talk by then has been dropped. */
const DROPPED_MS = 45_000;
const LONGEST_LIFE_MS = 4000;

/** When a call went on at another server, in `performance.now()`. */
export interface Continuation {
  /** When Twilio was told of the next stream; undefined where it asked by itself. */
  readonly sentOnAt: number | undefined;
  readonly spokeAt: number;
}

/** `count` calls whose greeting has begun: the ones still live, and new ones for those that have ended. */
export async function refilled(
  rig: ProcessRig,
  phones: readonly SimulatedCall[],
  count: number,
): Promise<readonly SimulatedCall[]> {
  const left = phones.filter(({ status }) => status === "in-progress");
  const added = Array.from(
    { length: count - left.length },
    (_, at) => rig.network.call({ from: `+1202555${String(1000 + at)}` }),
  );
  await Promise.all(added.map((phone) => phone.next("speaking")));
  return [...left, ...added];
}

/**
 * Lets all callers speak within `soonMs`, and returns at a random moment: in the middle of what some say,
 * and of the answers to others. `spoken` resolves when the callers have said all, in a later stream if need be.
 */
export async function midConversation(
  phones: readonly SimulatedCall[],
  random: Random,
  soonMs: number,
): Promise<{ readonly spoken: Promise<unknown> }> {
  const spoken = Promise.all(phones.map(async (phone) => {
    await pause(random() * soonMs);
    await phone.speak(voiceOf(400 + random() * 800));
  }));
  await pause(random() * LONGEST_LIFE_MS);
  return { spoken };
}

/**
 * Waits for the agent's voice in the call's next stream; undefined where it never comes. With
 * `byOrder`, a stream counts only after a server has sent the call on by REST.
 */
export function nextSpeech(
  phone: SimulatedCall,
  { byOrder = false } = {},
): Promise<Continuation | undefined> {
  return new Promise((resolve) => {
    let sentOnAt: number | undefined;
    let opened = false;
    const settle = (continuation?: Continuation) => {
      stop();
      clearTimeout(timer);
      resolve(continuation);
    };
    const timer = setTimeout(settle, DROPPED_MS);
    const stop = phone.watch(({ type }) => {
      if (type === "updated") sentOnAt ??= performance.now();
      if (type === "streamStarted" && (!byOrder || sentOnAt !== undefined)) opened = true;
      if (type === "speaking" && opened) settle({ sentOnAt, spokeAt: performance.now() });
      if (type === "ended") settle();
    });
  });
}
