/**
 * Who answered: how often people, answering machines, call screeners, faxes and hold music are told apart,
 * how soon, and what is on the machines' tapes; with and without transcripts and the carrier's detection.
 * Simulated far ends with human speech and the built-in voices, on quiet and noisy lines, in simulated time.
 * Usage: deno task bench pickups [seeds]
 */
import {
  hearings,
  late,
  mistaken,
  pickups,
  type TriedPickup,
  tryAll,
} from "../support/trials/pickups.ts";

const seeds = Array.from({ length: Number(Deno.args[0] ?? 3) }, (_, index) => index + 1);
const isVerbose = Deno.args.includes("-v");
const set = pickups(seeds);
const from = performance.now();
const all: TriedPickup[] = [];

for (const hearing of hearings) {
  const tried = await tryAll(set, [hearing]);
  all.push(...tried);
  console.log(
    `\n${hearing.transcribed ? "with" : "without"} transcripts, ` +
      `${hearing.detection ? "with" : "without"} the carrier's detection`,
  );
  report(tried);
}
console.log("\nall of them");
report(all);
console.log(
  `\n${all.length} calls in ${((performance.now() - from) / 1000).toFixed(0)} s of real time`,
);
const people = all.filter(({ truth }) => truth === "person");
const machines = all.filter(({ truth }) => truth === "machine");
if (
  mistaken(people).length > 0.02 * people.length || late(machines).length > 0.1 * machines.length
) {
  console.error(
    "Missed: at most 2 % of people treated as something else, 90 % of machines within 6 s",
  );
  Deno.exit(1);
}

function report(tried: readonly TriedPickup[]): void {
  const columns = ["person", "machine", "screener", "fax", "nobody"] as const;
  console.log("treated as  ", ...columns.map((name) => name.padStart(9)));
  for (const truth of ["person", "late person", "machine", "screener", "fax", "music"] as const) {
    const row = tried.filter((it) => it.truth === truth);
    const counts = columns.map((name) =>
      String(row.filter(({ result }) => result.treated === name).length).padStart(9)
    );
    console.log(truth.padEnd(12), ...counts);
  }
  const people = tried.filter(({ truth }) => truth === "person");
  const wrong = mistaken(people);
  const machines = tried.filter(({ truth }) => truth === "machine");
  const slow = late(machines);
  const recorded = machines.filter(({ plan }) => plan.kind === "machine" && plan.isFull !== true);
  const spoilt = recorded.filter(({ result }) =>
    result.treated === "machine" && result.tape !== "alone"
  );
  const screeners = tried.filter(({ truth }) => truth === "screener");
  const unscreened = screeners.filter(({ result }) => !result.screened);
  const waited = people.flatMap(({ result: { waitedMs } }) => waitedMs ?? []).sort((a, b) => a - b);
  const share = (part: readonly unknown[], all: readonly unknown[]) =>
    `${part.length} of ${all.length} (${(100 * part.length / all.length).toFixed(1)} %)`;
  console.log(`people not treated as people: ${share(wrong, people)}`);
  console.log(
    `people wait ${waited[waited.length >> 1]} ms (median), ${
      waited.at(-1)
    } ms at most, talked over: ${people.filter(({ result }) => result.talkedOver).length}`,
  );
  console.log(`machines not found within 6 s: ${share(slow, machines)}`);
  console.log(`messages not alone and whole on the tape: ${share(spoilt, recorded)}`);
  console.log(`screeners not noticed: ${share(unscreened, screeners)}`);
  if (!isVerbose) return;
  for (const it of new Set([...wrong, ...slow, ...spoilt, ...unscreened])) {
    const { treated, machineAfterMs, tape } = it.result;
    console.log(
      `  ${it.name} (${it.speaker}, ${it.seed}): ${treated}, machine after ${machineAfterMs}, tape ${tape}`,
    );
  }
}
