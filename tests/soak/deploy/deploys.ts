import type { LineQuality, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import { percentile } from "../../bench/load/measure.ts";
import { detail, liveCalls, startProcessRig } from "../../support/servers/processRig.ts";
import { countLost, watchTurns } from "../committedTurns.ts";
import { midConversation, nextSpeech, refilled, TALKS_WITHIN_MS } from "../replacedServers.ts";
import { atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";

const GREETING = "Good day.";
/** Some hosts kill a process so long after its signal. */
const LEAVES_WITHIN_MS = 5000;

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
    phones = await refilled(rig, phones, calls);
    await using turns = await watchTurns(rig.server);
    const { spoken } = await midConversation(phones, random, 2000);
    const old = rig.server;
    const toldAt = performance.now();
    const talks = phones.map((phone) => nextSpeech(phone, { byOrder: true }));
    old.signal("SIGTERM");
    const started = rig.start({ sameAddress: true });
    await old.ended();
    leftMs.push(performance.now() - toldAt);
    await started;
    for (const talk of await Promise.all(talks)) {
      heldMs.push(talk === undefined ? Infinity : talk.spokeAt - (talk.sentOnAt ?? 0));
    }
    await spoken;
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
      Math.max(...heldMs) / 1000,
      TALKS_WITHIN_MS / 1000,
      "s",
    ),
    atMost(
      "from being sent on until a call talks, 95 %",
      percentile(heldMs, 0.95) / 1000,
      TALKS_WITHIN_MS / 1000,
      "s",
    ),
    exactly("turns lost that were said", lost, 0),
    exactly("calls greeted twice", records.filter(isGreetedTwice).length, 0),
    exactly("records beside one for each call", records.length - phones.length, 0),
  ];
}

function isGreetedTwice({ turns }: { readonly turns: readonly { readonly text: string }[] }) {
  return turns.filter(({ text }) => text === GREETING).length > 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
