import { z } from "zod";

const options = z.strictObject({
  /** Where the agent is to get to; may hold variables of the call. */
  goal: z.string().trim().min(1).max(1000).optional(),
  keys: z.enum(["network", "tones"]).default("network"),
  max_menu_minutes: z.number().min(0.5).max(60).default(5),
  max_hold_minutes: z.number().min(1).max(240).optional(),
  max_repeats: z.number().int().min(2).max(10).default(3),
});

/** `true` for an agent that calls into phone menus, or how it does. */
export const phoneMenu = z.union([
  z.literal(false).transform(() => undefined),
  z.literal(true).transform(() => options.parse({})),
  options,
], "must be true, or a map of goal, keys, max_menu_minutes, max_hold_minutes and max_repeats")
  .optional();
