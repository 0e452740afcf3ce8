/**
 * Context: what a call costs whose old turns are replaced by their words, against the plain one, by the
 * list prices; in virtual time. Usage: deno task bench context [--minutes 30] [--seed 1]
 */
import { parseArgs } from "node:util";
import { BilledCall, type BilledCallOptions } from "../support/trials/billedCall.ts";
import { conversation, type Manner } from "../support/trials/conversations.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    after: { type: "string", default: "2" },
    turns: { type: "string", default: "1" },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const compaction = { afterMs: Number(values.after) * 60_000, audioTurns: Number(values.turns) };

const USUAL = { callerMs: 3200, agentMs: 5200, pauseMs: 700 };
const MANNERS: readonly (readonly [string, Manner, Partial<BilledCallOptions>?])[] = [
  ["usual turns", USUAL],
  ["short turns", { callerMs: 2000, agentMs: 3000, pauseMs: 500 }],
  ["long turns", { callerMs: 8000, agentMs: 12_000, pauseMs: 1000 }],
  ["caller talks most", { callerMs: 9000, agentMs: 3500, pauseMs: 700 }],
  ["one in five answers interrupted", { ...USUAL, interrupted: 0.2 }],
  ["a tool in every fifth turn", { ...USUAL, tools: 0.2 }],
  ["the same, slow: a filler each", { ...USUAL, tools: 0.2, toolMs: 4000 }],
  ["one response in twenty uncached", USUAL, { missEvery: 20 }],
];
const INSTRUCTIONS = "x".repeat(2800);

console.log(
  `${minutes} minutes, compact after ${values.after}, ${values.turns} of the caller's turns as audio`,
);
for (const model of ["gpt-realtime-2.1", "gpt-realtime-1.5", "gpt-realtime-2.1-mini"]) {
  console.log(`\n${model.padEnd(34)}    plain  compact  ratio   k tokens read  cached  turns`);
  for (const [name, manner, options = {}] of MANNERS) {
    const plain = run(model, manner, options);
    const compact = run(model, manner, { ...options, policy: { compaction } });
    row(name, plain, compact);
  }
}

function run(model: string, manner: Manner, options: Partial<BilledCallOptions>): BilledCall {
  const billed = new BilledCall({ model, instructions: INSTRUCTIONS, ...options });
  for (const exchange of conversation(manner, seed)) {
    billed.exchange(exchange);
    if (billed.call.now >= minutes * 60_000) break;
  }
  return billed;
}

function row(name: string, plain: BilledCall, compact: BilledCall): void {
  const read = ({ usage }: BilledCall) => usage.inputText + usage.inputAudio;
  const cached = (one: BilledCall) =>
    `${Math.round(100 * (one.usage.cachedText + one.usage.cachedAudio) / read(one))}`;
  const thousands = (one: BilledCall) => `${Math.round(read(one) / 1000)}`;
  console.log(
    name.padEnd(34),
    `$${plain.usd.toFixed(2)}`.padStart(8),
    `$${compact.usd.toFixed(2)}`.padStart(8),
    `${(100 * compact.usd / plain.usd).toFixed(1)} %`.padStart(7),
    `${thousands(plain)} / ${thousands(compact)}`.padStart(14),
    `${cached(plain)}/${cached(compact)} %`.padStart(9),
    `${plain.responses.length}`.padStart(5),
  );
}
