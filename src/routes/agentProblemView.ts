import { z } from "@hono/zod-openapi";
import { type AgentProblem, describeProblem } from "../config/agentProblem.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** What is wrong with an agent's file, as the API tells it. */
export function viewAgentProblem(name: string, problem: AgentProblem) {
  return {
    file: `${name}.md`,
    line: problem.line ?? null,
    path: problem.path ?? null,
    message: problem.message,
    nearest: problem.nearest ?? null,
    text: describeProblem(`${name}.md`, problem),
  };
}

export const agentProblem = z.object({
  file: z.string(),
  line: z.number().nullable(),
  path: z.string().nullable().openapi({ example: "greetng" }),
  message: z.string().openapi({ example: "is not known" }),
  nearest: z.string().nullable().openapi({ description: "What was most likely meant" }),
  text: z.string().openapi({ description: "All of it as one sentence" }),
});

/** The answer where the file of an agent may not be written; `instead` is what may be done then. */
export function agentsReadOnly(path: string, instead: string): HttpProblem {
  return new HttpProblem(
    409,
    "agents_read_only",
    `This server may not write ${path}: add its folder to "write" of permissions.server in deno.json and make it writable, or ${instead}.`,
  );
}
