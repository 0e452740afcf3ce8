import { z } from "@hono/zod-openapi";
import { type AgentProblem, describeProblem } from "../config/agentProblem.ts";
import { present } from "../utils/present.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** What is wrong with an agent's file, as the API tells it. */
export function viewAgentProblem(name: string, problem: AgentProblem) {
  return {
    file: `${name}.md`,
    line: problem.line ?? null,
    path: problem.path ?? null,
    message: problem.message,
    ...(problem.sentence?.values !== undefined && {
      template: problem.sentence.text,
      values: { ...problem.sentence.values },
    }),
    nearest: problem.nearest ?? null,
    text: describeProblem(`${name}.md`, problem),
  };
}

export const agentProblem = z.object({
  file: z.string(),
  line: z.number().nullable(),
  path: z.string().nullable().openapi({ example: "greetng" }),
  message: z.string().openapi({ example: "is not known" }),
  template: z.string().optional().openapi({
    description: "The message with `{name}` for each of its values, where it quotes some",
    example: "must be one of {names}, not {given}",
  }),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  nearest: z.string().nullable().openapi({ description: "What was most likely meant" }),
  text: z.string().openapi({ description: "All of it as one sentence" }),
});

/** The answer where the file of an agent may not be written; `at` is the address of the text, where that is not what was sent. */
export function agentsReadOnly(path: string, at?: string): HttpProblem {
  return new HttpProblem(409, "agents_read_only", at === undefined ? readOnly : keptElsewhere, {
    values: { path, ...present({ at }) },
  });
}

const readOnly =
  'This server may not write {path}: add its folder to "write" of permissions.server in deno.json and make it writable, or save the text there yourself.';
const keptElsewhere =
  'This server may not write {path}: add its folder to "write" of permissions.server in deno.json and make it writable, or save the text of {at} there yourself.';
