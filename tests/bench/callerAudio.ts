/**
 * The caller's audio on its way to the model: what a frame costs within the process, how many messages a
 * quiet line takes, and whether a model hears speech begin or end later for the groups, over human speech
 * of any loudness on lines of any noise. Usage: deno task bench callerAudio
 */
import type { ModelSink } from "../../src/call/realtimeClient.ts";
import { Session } from "../../src/call/session.ts";
import { type Base64, silenceOf } from "../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";
import { BACKGROUNDS, framesOfScene } from "../support/trials/callerScene.ts";
import { hearCall, type Heard, modelEar } from "../support/trials/hearingTrial.ts";

const QUIET_MS = 5000;

console.log(
  "line              noise dBFS   messages per quiet second   starts, ends   late   by ms",
);
let late = 0;
for (const background of BACKGROUNDS) {
  for (const backgroundDb of background === "none" ? [-96] : [-72, -62, -50]) {
    const figures = [-20, -35, -45].flatMap((speechDb) =>
      [0, 400].map((fadeMs) =>
        compare(framesOfScene({ background, backgroundDb, speechDb, fadeMs, quietMs: QUIET_MS }))
      )
    );
    const delays = figures.flatMap(({ delaysMs }) => delaysMs);
    const lateOnes = delays.filter((ms) => ms > 0);
    late += lateOnes.length;
    console.log(
      background.padEnd(17),
      String(backgroundDb).padStart(11),
      mean(figures.map(({ perQuietSecond }) => perQuietSecond)).toFixed(1).padStart(27),
      String(delays.length).padStart(14),
      String(lateOnes.length).padStart(6),
      String(Math.max(0, ...delays)).padStart(7),
    );
  }
}

console.log("\nfrom the leg to the model's client, a frame of 20 ms");
const line = Array.from({ length: 200_000 }, () => silenceOf(20, "pcmu"));
for (const groupMs of [0, 100]) {
  costUs(line, groupMs);
  const cost = Math.min(...Array.from({ length: 3 }, () => costUs(line, groupMs)));
  console.log(`groups of ${groupMs} ms: ${cost.toFixed(2)} us`);
}
if (late > 0) Deno.exit(1);

function compare(frames: readonly Base64[]) {
  const single = hearCall(frames, modelEar(0.5, 500), { groupMs: 0 });
  const grouped = hearCall(frames, modelEar(0.5, 500), { groupMs: 100 });
  if (grouped.bytes.join() !== single.bytes.join()) throw new Error("The audio is not the same");
  if (changesOf(grouped) !== changesOf(single)) throw new Error("The model hears other changes");
  return {
    // The last second before the first word.
    perQuietSecond: grouped.messages[QUIET_MS / 1000 - 1] ?? NaN,
    delaysMs: single.changes.map(({ atMs }, i) => (grouped.changes[i]?.atMs ?? Infinity) - atMs),
  };
}

function changesOf({ changes }: Heard): string {
  return changes.map(({ change }) => change).join();
}

/** Microseconds a frame, with a model that takes everything and does nothing. */
function costUs(frames: readonly Base64[], groupMs: number): number {
  const time = new RecordingDependencies();
  const nothing = () => {};
  let sink: ModelSink | undefined;
  time.openModel = (_setup, given) => {
    sink = given;
    return {
      sendAudio: nothing,
      commitAudio: nothing,
      clearInputBuffer: nothing,
      send: nothing,
      changeSetup: nothing,
      giveHistory: nothing,
      close: nothing,
    };
  };
  const session = new Session({ ...sessionOptions({ idleMs: 1e12, maxMs: 1e12 }), groupMs }, time);
  session.begin();
  session.join(new RecordingLeg());
  sink?.onInput({ type: "modelReady" });
  const from = performance.now();
  for (const frame of frames) {
    time.time += 20;
    session.hear(frame);
  }
  return (performance.now() - from) / frames.length * 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
