/**
 * Context: what a call costs whose old turns are replaced by their words, against the plain one, by the
 * list prices; in virtual time. Usage: deno task bench context [--minutes 30] [--seed 1] [--after 2]
 */
import { parseArgs } from "node:util";
import { BilledCall, type BilledCallOptions } from "../support/trials/billedCall.ts";
import { conversation, type Manner } from "../support/trials/conversations.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    after: { type: "string", default: "2" },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const afterMs = Number(values.after) * 60_000;

const USUAL = { callerMs: 3200, agentMs: 5200, pauseMs: 700 };
const CALLS: readonly (readonly [string, Manner, Partial<BilledCallOptions>?])[] = [
  ["usual turns", USUAL],
  ["short turns", { callerMs: 2000, agentMs: 3000, pauseMs: 500 }],
  ["long turns", { callerMs: 8000, agentMs: 12_000, pauseMs: 1000 }],
  ["the caller talks most", { callerMs: 9000, agentMs: 3500, pauseMs: 700 }],
  ["every fifth answer interrupted", { ...USUAL, interrupted: 0.2 }],
  ["a tool in every fifth turn", { ...USUAL, tools: 0.2 }],
  ["the same, slow, with fillers", { ...USUAL, tools: 0.2, toolMs: 4000 }],
  ["a cache miss in 20 responses", USUAL, { missEvery: 20 }],
  // What a server does whose set-up takes no `truncation`.
  ["usual turns, truncation: auto", USUAL, { truncation: "auto" }],
];
const INSTRUCTIONS = "x".repeat(2800);

console.log(
  `A call of ${minutes} minutes in dollars; compact: after ${values.after} minutes, with the
caller's latest turn as sound, or with audio_turns: 0; what the record says was saved.`,
);
for (const model of ["gpt-realtime-2.1", "gpt-realtime-1.5", "gpt-realtime-2.1-mini"]) {
  console.log(
    `\n${model.padEnd(31)} plain compact  ratio  record | turns: 0  ratio | k tokens    cached`,
  );
  for (const [name, manner, options = {}] of CALLS) {
    const [plain, compact, least] = [undefined, 1, 0].map((audioTurns) =>
      run(model, manner, {
        ...options,
        ...(audioTurns !== undefined && { policy: { compaction: { afterMs, audioTurns } } }),
      })
    );
    if (plain && compact && least) row(name, plain, compact, least);
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

function row(name: string, plain: BilledCall, compact: BilledCall, least: BilledCall): void {
  const read = ({ usage }: BilledCall) => usage.inputText + usage.inputAudio;
  const thousands = (one: BilledCall) => `${Math.round(read(one) / 1000)}`;
  const cached = (one: BilledCall) =>
    percent((one.usage.cachedText + one.usage.cachedAudio) / read(one), 0);
  console.log(
    name.padEnd(31),
    dollars(plain.usd),
    dollars(compact.usd).padStart(7),
    percent(compact.usd / plain.usd).padStart(6),
    dollars(compact.recordedSavings).padStart(7),
    `| ${dollars(least.usd).padStart(8)} ${percent(least.usd / plain.usd).padStart(6)} |`,
    `${thousands(plain)}/${thousands(compact)}`.padStart(9),
    `${cached(plain)}/${cached(compact)}`.padStart(8),
  );
}

function dollars(usd: number): string {
  return usd.toFixed(2).padStart(5);
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}
