import { z } from "@hono/zod-openapi";
import { transferFailures, transferModes } from "../../call/transfer.ts";
import { time, wholeMs } from "./schemaParts.ts";

const mode = z.enum(transferModes);
const by = z.enum(["agent", "operator"]).openapi({ description: "Who wanted it" });
const target = z.number().openapi({ description: "Place in the transfer's list, from 0" });
const why = z.enum(transferFailures).openapi({ description: "Why nobody was put through" });
const spokeMs = wholeMs.openapi({ description: "How long caller and person talked" });

/** One transfer of a call, as records show it. */
export const transfer = z.object({
  number: z.number().openapi({ description: "Counts the transfers of the call, from 1" }),
  alias: z.string().openapi({
    description:
      "A name under `transfers` in the agent's file, or the number that an operator gave",
  }),
  mode,
  by,
  step: z.enum(["requested", "ringing", "answered", "accepted", "connected", "failed", "ended"]),
  target: target.nullable(),
  why: why.nullable(),
  spokeMs: spokeMs.nullable(),
  requestedAt: time,
  ringingAt: time.nullable(),
  answeredAt: time.nullable(),
  acceptedAt: time.nullable(),
  connectedAt: time.nullable(),
  agentAbsentAt: time.nullable().openapi({
    description: "Since when it is known that the agent cannot take part in a conference",
  }),
  overAt: time.nullable().openapi({ description: "The caller is back, or the talk is over" }),
}).openapi("Transfer");

/** What webhooks tell of a transfer. */
export const transferAsked = { to: z.string(), transfer: z.number(), mode };

export const transferProgress = {
  ...transferAsked,
  step: z.enum([
    ...["ringing", "answered", "accepted", "connected", "agent_absent", "failed", "ended"] as const,
  ]),
  target: target.optional(),
  why: why.optional(),
  spokeMs: spokeMs.optional(),
};

export const transferRequested = {
  step: z.literal("requested"),
  by,
  atOnce: z.literal(true).optional().openapi({ description: "Several are asked at once" }),
};
