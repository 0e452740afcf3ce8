/**
 * Growth: CPU, delays and memory with more and more simulated phone calls, of a raw forwarder and of
 * Parley in one run, each server alone on one core, with the callers and the models on the other. Prints a
 * table in Markdown, says where the callers' core was the limit, and draws the figures. Takes some seven
 * minutes. Usage:
 *   deno task bench growth [--calls 25,50,100,200,300] [--rounds 3] [--seconds 10] [--warm-up 3]
 *     [--shape conversation|deltas] [--svg FILE]
 */
import { parseArgs } from "node:util";
import { growthPlot } from "./growth/growthPlot.ts";
import type { GrowthFigures } from "./growth/growthPoint.ts";
import { GROWTH_HEADER, growthRow } from "./growth/growthTable.ts";
import { measureGrowth } from "./growth/measureGrowth.ts";
import { ACCOUNT } from "./load/account.ts";
import { takeOneCore } from "./load/cores.ts";
import { startForwarder, startParley } from "./load/subject.ts";
import { SHAPE_SETTINGS } from "./load/trial.ts";

const { values } = parseArgs({
  options: {
    "calls": { type: "string", default: "25,50,100,200,300" },
    "rounds": { type: "string", default: "3" },
    "seconds": { type: "string", default: "10" },
    "warm-up": { type: "string", default: "3" },
    "shape": { type: "string", default: "conversation" },
    "svg": { type: "string" },
  },
});
const shape = values.shape === "deltas" ? "deltas" : "conversation";
const options = {
  calls: values.calls.split(",").map(Number).sort((a, b) => a - b),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUpRounds: Number(values["warm-up"]),
};
const cpu = takeOneCore();
const place = cpu === undefined ? {} : { cpu };
const talk = { shape } as const;

console.log(
  `${shape}, ${options.rounds} rounds of ${options.seconds} s in turn, ${
    cpu === undefined ? "on any core" : "the server alone on one core"
  }\n\n${GROWTH_HEADER}`,
);
const measuring = measureGrowth({
  forwarder: { start: (url) => startForwarder(url, place), withWebhook: false, talk },
  parley: {
    start: (url) => startParley(url, ACCOUNT, SHAPE_SETTINGS[shape], place),
    withWebhook: true,
    talk,
  },
}, options);
const figures: GrowthFigures[] = [];
const refusals: string[] = [];
let step = await measuring.next();
for (; !step.done; step = await measuring.next()) {
  const point = step.value;
  console.log(growthRow(point));
  if ("refusal" in point) refusals.push(`${point.server}, ${point.calls} calls: ${point.refusal}`);
  else figures.push(point);
}
console.log();
for (const { server, mbWithoutCalls, sent, lost, outOfOrder } of step.value) {
  console.log(
    `${server}: ${
      mbWithoutCalls.toFixed(0)
    } MB without calls; of ${sent} frames ${lost} lost, ${outOfOrder} out of order`,
  );
}
for (const refusal of refusals) console.log(refusal);
if (values.svg !== undefined) await Deno.writeTextFile(values.svg, growthPlot(figures));
