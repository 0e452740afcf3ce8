import { z } from "zod";
import { endReasons } from "../../call/types.ts";
import { oneByKey } from "../../config/oneByKey.ts";
import type { Expectation } from "../scenario.ts";
import { heardText, milliseconds, words } from "./stepSchema.ts";
import { present } from "../../utils/present.ts";

const DEFAULT_RECORD_MS = 150;

const toolName = z.string().min(1).max(64);
const heard = z.strictObject({
  heard: z.union([
    heardText,
    z.strictObject({
      text: heardText,
      within_ms: milliseconds.exactOptional(),
      after: heardText.exactOptional(),
    }),
  ]),
}).transform(({ heard }): Expectation => {
  if (typeof heard === "string") return { type: "heard", text: heard };
  const { text, within_ms: withinMs, after } = heard;
  return { type: "heard", text, ...present({ withinMs, after }) };
});
const tool = z.strictObject({
  tool: z.union([
    toolName,
    z.strictObject({
      name: toolName,
      with: z.record(z.string().max(64), z.json()).exactOptional(),
      times: z.number().int().min(0).max(100).exactOptional(),
      after_heard: heardText.exactOptional(),
    }),
  ]),
}).transform(({ tool }): Expectation => {
  if (typeof tool === "string") return { type: "tool", name: tool };
  const { name, with: args, times, after_heard: afterHeard } = tool;
  return { type: "tool", name, ...present({ with: args, times, afterHeard }) };
});
const reason = z.enum(endReasons);
const reasons = z.union(
  [reason, z.array(reason).min(1).max(20)],
  `must be one of ${endReasons.join(", ")}, or a list of them`,
);

/** One thing that has to be true of a call, told by its key. */
export const expectation: z.ZodType<Expectation> = oneByKey({
  heard,
  never_heard: of("never_heard", heardText, (text) => ({ type: "neverHeard", text })),
  meant: of("meant", words, (meaning) => ({ type: "meant", meaning, not: false })),
  never_meant: of("never_meant", words, (meaning) => ({ type: "meant", meaning, not: true })),
  first_sound_within_ms: ofMs("first_sound_within_ms", "firstSoundWithin"),
  answers_within_ms: ofMs("answers_within_ms", "answersWithin"),
  cut_within_ms: ofMs("cut_within_ms", "cutWithin"),
  dead_air_under_ms: ofMs("dead_air_under_ms", "deadAirUnder"),
  tool,
  no_tool: of("no_tool", toolName, (name) => ({ type: "tool", name, times: 0 })),
  transferred_to: of("transferred_to", words, (target) => ({ type: "transferredTo", target })),
  ended: of("ended", reasons, (because) => ({
    type: "ended",
    because: [because].flat(),
  })),
  outcome: of("outcome", words, (outcome) => ({ type: "outcome", outcome })),
  answered_by: of("answered_by", words, (who) => ({ type: "answeredBy", who })),
  analysis: of(
    "analysis",
    z.record(z.string().max(64), z.json()),
    (fields) => ({ type: "analysis", fields }),
  ),
  cost_under_usd: of(
    "cost_under_usd",
    z.number().positive().max(1000),
    (usd) => ({ type: "costUnder", usd }),
  ),
  record_is_heard: of(
    "record_is_heard",
    z.strictObject({ within_ms: milliseconds.default(DEFAULT_RECORD_MS) }),
    ({ within_ms: withinMs }) => ({ type: "recordIsHeard", withinMs }),
  ),
});

/** Holds for each call where its scenario does not say otherwise. */
export const recordIsHeard: Expectation = { type: "recordIsHeard", withinMs: DEFAULT_RECORD_MS };

function of<Schema extends z.ZodType>(
  key: string,
  schema: Schema,
  make: (value: z.output<Schema>) => Expectation,
): z.ZodType<Expectation> {
  return z.strictObject({ [key]: schema }).transform((map) => make(map[key] as z.output<Schema>));
}

function ofMs(
  key: string,
  type: "firstSoundWithin" | "answersWithin" | "cutWithin" | "deadAirUnder",
) {
  return of(key, milliseconds, (ms) => ({ type, ms }));
}
