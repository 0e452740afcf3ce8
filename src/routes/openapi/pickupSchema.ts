import { z } from "@hono/zod-openapi";

/** Who answered a call, as it was found out by listening. */
export const pickups = z.array(
  z.object({
    who: z.enum(["person", "machine", "screener", "fax"]),
    why: z.string().openapi({
      description:
        "`words`, `short_greeting`, `long_greeting`, `no_beep`, `beep`, `fax_tone`, `silence`, `detection` (Twilio's) or `spoke`",
    }),
    atMs: z.int().openapi({ description: "Since the call began" }),
  }),
).openapi({ description: "Who answered, the last being what it was taken for" });
