import { createRandom } from "../../../src/sim/twilio/random.ts";
import type { Exchange } from "./billedCall.ts";

/** How people and agent talk; the times are means. */
export interface Manner {
  readonly callerMs: number;
  readonly agentMs: number;
  readonly pauseMs: number;
  /** Share of the agent's answers that are interrupted. */
  readonly interrupted?: number;
  /** Share of the exchanges in which a tool is used, and how long it takes. */
  readonly tools?: number;
  readonly toolMs?: number;
}

/** Speech of about 150 words a minute. */
const MS_PER_CHARACTER = 67;
const WORDS = (
  "yes no please the order number last week package address street delivery monday morning phone " +
  "change account could would thank know check name email still open and with from about because"
).split(" ");

/** A conversation that goes on without end, the same for the same seed. */
export function* conversation(manner: Manner, seed: number): Generator<Exchange> {
  const { callerMs, agentMs, pauseMs, interrupted = 0, tools = 0, toolMs = 600 } = manner;
  const random = createRandom(seed);
  const about = (mean: number) => Math.round(mean * (0.3 + 0.7 * -Math.log(1 - random() * 0.98)));
  for (let count = 1;; count++) {
    const [ms, replyMs] = [about(callerMs) + 300, about(agentMs) + 300];
    const isInterrupted = random() < interrupted;
    const usesTool = random() < tools;
    yield {
      text: `${count}: ${words(ms, random)}`,
      ms,
      reply: `${count}: ${words(replyMs, random)}`,
      replyMs,
      ...(isInterrupted && { heardMs: Math.round(replyMs * random()) }),
      pauseMs: about(pauseMs),
      ...(usesTool && { tool: { name: "find_order", ms: toolMs, output: TOOL_OUTPUT } }),
    };
  }
}

const TOOL_OUTPUT = JSON.stringify({ order: "12345", status: "sent", due: "2027-02-03" });

function words(ms: number, random: () => number): string {
  const said: string[] = [];
  const length = ms / MS_PER_CHARACTER;
  for (let characters = 0; characters < length;) {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? "";
    said.push(word);
    characters += word.length + 1;
  }
  return said.join(" ");
}
