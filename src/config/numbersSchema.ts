import { z } from "zod";
import { e164 } from "./schemaParts.ts";

/** The called numbers that an agent answers. */
export const calledNumbers = z.array(e164).max(200).refine(
  (numbers) => new Set(numbers).size === numbers.length,
  "has a number twice",
)
  .default([]);
