import type { LineQuality, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import { percentile } from "../../bench/load/measure.ts";
import { startProcessRig } from "../../support/servers/processRig.ts";
import { countLost, watchTurns } from "../committedTurns.ts";
import { midConversation, nextSpeech, refilled, TALKS_WITHIN_MS } from "../replacedServers.ts";
import { atLeast, atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";

const CALLS = 6;
/** Writes are gathered for 40 ms, and take a moment more. */
const DURABLE_MS = 100;

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
    phones = await refilled(rig, phones, calls);
    await using turns = await watchTurns(rig.server);
    const { spoken } = await midConversation(phones, random, 1000);
    const killedAt = performance.now();
    rig.server.signal("SIGKILL");
    await rig.server.ended();
    const talks = phones.map((phone) => nextSpeech(phone));
    await rig.start({ sameAddress: true });
    const upAt = performance.now();
    restartMs.push(upAt - killedAt);
    for (const talk of await Promise.all(talks)) {
      silentMs.push(talk === undefined ? Infinity : Math.max(0, talk.spokeAt - upAt));
      if (talk === undefined) dropped++;
    }
    await spoken;
    lost += await countLost(rig, turns.committedBy(killedAt - DURABLE_MS));
    const worst = Math.max(...silentMs.filter(Number.isFinite));
    progress(kill, `${dropped} dropped, ${lost} turns lost, at most ${Math.round(worst)} ms`);
  }
  const soon = silentMs.filter((ms) => ms <= TALKS_WITHIN_MS).length;
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
      percentile(silentMs, 0.95) / 1000,
      TALKS_WITHIN_MS / 1000,
      "s",
    ),
    exactly("calls dropped", dropped, 0),
    exactly("turns lost that were said", lost, 0),
  ];
}
