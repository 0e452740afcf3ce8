import { z } from "@hono/zod-openapi";
import { type AgentAnalysis, analysisFieldTypes } from "../config/analysisSchema.ts";

/** What calls of an agent can be found by: the names of its analysis, without what the model is told of them. */
export function viewAgentAnalysis(analysis: AgentAnalysis | undefined) {
  if (analysis === undefined) return null;
  return {
    fields: Object.entries(analysis.fields).map(([name, { type, enum: choices = [] }]) => ({
      name,
      type,
      choices: [...choices],
    })),
    criteria: Object.keys(analysis.success),
  };
}

/** The form of `viewAgentAnalysis`. */
export const agentAnalysis = z.object({
  fields: z.array(z.object({
    name: z.string().openapi({ example: "topic" }),
    type: z.enum(analysisFieldTypes),
    choices: z.array(z.union([z.string(), z.number(), z.boolean()])).openapi({
      description: "The values that it may have; empty where any may be",
    }),
  })),
  criteria: z.array(z.string()).openapi({ example: ["solved"] }),
}).nullable().openapi({
  description:
    "Names for `analysis.NAME` and `analysis.success.NAME` of `GET /api/calls`; null for an agent without one",
});
