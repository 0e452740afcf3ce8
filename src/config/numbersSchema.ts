import { z } from "zod";

/** The called numbers that an agent answers. YAML reads one without quotes as a sum of digits. */
export const calledNumbers = z.array(
  z.string('must be in quotes, such as "+14155550123"').regex(
    /^\+[1-9]\d{6,14}$/,
    'must be in E.164 form, such as "+14155550123"',
  ),
).max(200).refine((numbers) => new Set(numbers).size === numbers.length, "has a number twice")
  .default([]);
