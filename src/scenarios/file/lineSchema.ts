import { z } from "zod";
import { noiseKinds } from "../../sim/sound/backgroundNoise.ts";
import type { LineConditions } from "../scenario.ts";
import { level, milliseconds } from "./stepSchema.ts";
import { present } from "../../utils/present.ts";

const CLEAN: LineConditions = { delayMs: 0, jitterMs: 0, lossPercent: 0 };

/** Lines by their names: what is usual on a good, a mobile and a bad connection. */
export const knownLines = {
  clean: CLEAN,
  mobile: { delayMs: 80, jitterMs: 20, lossPercent: 0.5 },
  lossy: {
    delayMs: 150,
    jitterMs: 60,
    lossPercent: 3,
    stall: { everyMs: 8000, ms: 300 },
  },
} as const satisfies Readonly<Record<string, LineConditions>>;

export type LineName = keyof typeof knownLines;
export const lineNames = Object.keys(knownLines) as readonly LineName[];

/** How a line is, by name or in figures. */
export const lineSchema: z.ZodType<LineConditions> = z.union([
  z.enum(["clean", "mobile", "lossy"]).transform((name) => knownLines[name]),
  z.strictObject({
    delay_ms: milliseconds.max(5000).default(0),
    jitter_ms: milliseconds.max(2000).default(0),
    loss_percent: z.number().min(0).max(50).default(0),
    stall: z.strictObject({
      every_ms: milliseconds.min(500),
      ms: milliseconds.max(30_000),
    }).transform(({ every_ms: everyMs, ms }) => ({ everyMs, ms })).exactOptional(),
  }).transform(({ delay_ms: delayMs, jitter_ms: jitterMs, loss_percent: lossPercent, stall }) => ({
    ...{ delayMs, jitterMs, lossPercent },
    ...present({ stall }),
  })),
]);

/** What is heard beside the caller. */
export const noiseSchema = z.strictObject({
  kind: z.enum(noiseKinds).default("room"),
  level_db: level,
})
  .transform(({ kind, level_db: levelDb }) => ({ kind, levelDb }));
