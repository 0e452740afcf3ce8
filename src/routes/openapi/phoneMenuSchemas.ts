import { z } from "@hono/zod-openapi";

const sinceStart = z.number().openapi({ description: "Milliseconds since the call began" });

/** What a call that its agent placed has met of phone menus and hold music. */
export const phoneMenuShape = {
  phoneMenu: z.object({
    steps: z.array(z.object({
      atMs: sinceStart,
      heard: z.string().openapi({ example: "For sales, press one. For billing, press two." }),
      times: z.number().openapi({ description: "How often the same was heard until then" }),
      keys: z.string().nullable().openapi({ description: "What the agent pressed", example: "2" }),
    })),
    holds: z.array(z.object({
      fromMs: sinceStart,
      toMs: sinceStart.nullable(),
      withheldMs: z.number().openapi({
        description: "So much of it was music, which was not sent to the model",
      }),
    })),
    holdMs: z.number().openapi({ description: "All times on hold" }),
    withheldMs: z.number().openapi({
      description:
        "So much of these times was music: it was not sent to the model, which cost nothing then. What that has saved is not worked out",
    }),
  }).nullable().openapi({
    description: "Only of calls that an agent with `phone_menu` has placed",
  }),
};
