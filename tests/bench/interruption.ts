/**
 * Interruption: how far truncations are from what was heard, over randomised calls in
 * virtual time. Usage: deno task bench interruption [--count 2500] [--seed 1]
 */
import { parseArgs } from "node:util";
import { CallDriver } from "../support/call/callDriver.ts";
import { figures, interruptions } from "../support/trials/interruptionFigures.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2500" },
    seed: { type: "string", default: "1" },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);

console.log("estimate                       mean ms    p95 ms      ratio of means");
const phone = interruptions(count, { seed });
const ours = figures(phone);
row("phone, as told to the model", ours);
row("phone, by the last mark", figures(phone, "markErrorMs"));
row("phone, by what was produced", figures(phone, "producedErrorMs"));
const browser = interruptions(count, { seed, reports: "positions" });
row("browser, as told to the model", figures(browser));

const faults = [...phone, ...browser].flatMap((one) => one.faults);
console.log(`\n${phone.length} + ${browser.length} interruptions, ${faults.length} faults`);
for (const fault of new Set(faults)) console.log(`  ${fault}`);
console.log(`speech_started to clear, within the process: ${reactionMs().toFixed(3)} ms at p95`);
if (faults.length > 0) Deno.exit(1);

function row(name: string, { meanMs, p95Ms }: { meanMs: number; p95Ms: number }): void {
  const ratio = meanMs / ours.meanMs;
  console.log(
    name.padEnd(30),
    meanMs.toFixed(1).padStart(7),
    p95Ms.toFixed(1).padStart(9),
    ratio.toFixed(1).padStart(9),
  );
}

/** How long the machine takes to decide, with seconds of speech queued. */
function reactionMs(): number {
  const times: number[] = [];
  for (let i = 0; i < 500; i++) {
    const call = new CallDriver().live();
    call.speak("item", 20_000, "word ".repeat(50));
    call.advance(1000);
    const from = performance.now();
    call.callerStarts();
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? NaN;
}
