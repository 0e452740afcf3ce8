import { createRoute, z } from "@hono/zod-openapi";
import { MAX_FILE_LENGTH } from "../config/agents.ts";
import type { AgentCatalog, CheckedText, SaveResult } from "../services/agents.ts";
import { agentProblem, agentsReadOnly, viewAgentProblem } from "./agentProblemView.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { unknownAgent } from "./usableAgent.ts";
import {
  agentName,
  agentVersion,
  answer,
  apiRoutes,
  errorAnswers,
  json,
} from "./openapi/schemaParts.ts";

/** `/api/agents/{name}/file`: the file of an agent, which is read, checked and changed. */
export function agentFilesRoutes({ access, catalog }: {
  readonly access: RequireScope;
  readonly catalog: AgentCatalog;
}) {
  const routes = apiRoutes();
  const admin = { middleware: [access("admin")] };
  const writing = { middleware: [access("admin"), jsonBody(MAX_BODY)] };

  routes.openapi({ ...read, ...admin }, async (c) => {
    const { name } = c.req.valid("param");
    const file = required(await catalog.file(name), unknownAgent);
    c.header("Cache-Control", "no-store");
    return c.json({
      agent: name,
      text: file.text ?? null,
      revision: file.revision ?? null,
      ...viewChecked(name, file),
      writing: await catalog.writing(),
      folder: catalog.dir,
    }, 200);
  });

  routes.openapi({ ...check, ...writing }, async (c) => {
    const { name } = c.req.valid("param");
    return c.json(viewChecked(name, await catalog.check(name, c.req.valid("json").text)), 200);
  });

  routes.openapi(
    { ...save, middleware: [access("admin", "agent.save"), jsonBody(MAX_BODY)] },
    async (c) => {
      const { name } = c.req.valid("param");
      const { text, revision } = c.req.valid("json");
      const result = await catalog.save(name, text, revision ?? undefined);
      if (!result.ok) throw problemOf(name, result);
      return c.json(
        { agent: name, version: result.version ?? null, revision: result.revision },
        200,
      );
    },
  );

  return routes;
}

/** A character takes six bytes at most in JSON. */
const MAX_BODY = 6 * MAX_FILE_LENGTH + 1024;

function viewChecked(name: string, { problems, warnings }: CheckedText) {
  return {
    problems: problems.map((problem) => viewAgentProblem(name, problem)),
    warnings: warnings.map((problem) => viewAgentProblem(name, problem)),
  };
}

function problemOf(
  name: string,
  result: Extract<SaveResult, { readonly ok: false }>,
): HttpProblem {
  switch (result.code) {
    case "agent_changed":
      return new HttpProblem(
        409,
        "agent_changed",
        "The file is not the one that was changed here: it has been saved, made or removed meanwhile.",
      );
    case "agent_faulty":
      return new HttpProblem(422, "agent_faulty", "The text is faulty, and nothing was saved.", {
        details: result.problems.map((problem) => ({
          ...viewAgentProblem(name, problem),
          path: problem.path ?? "",
        })),
      });
    case "agents_read_only":
      return agentsReadOnly(result.path);
  }
}

const tags = ["Agents"];
const params = z.object({ name: agentName });
const text = z.string().max(MAX_FILE_LENGTH, `must have at most ${MAX_FILE_LENGTH} characters`);
const revision = agentVersion.nullable().openapi({
  description: "First 12 digits of the SHA-256 of the text; null where there is no file",
});
const checked = { problems: z.array(agentProblem), warnings: z.array(agentProblem) };

const read = createRoute({
  method: "get",
  path: "/api/agents/{name}/file",
  operationId: "getAgentFile",
  summary: "Read an agent's file",
  description:
    "As it is now, secrets included, with what is wrong in it: not what is in use where it is faulty. Takes the scope `admin`.",
  tags,
  request: { params },
  responses: {
    200: answer(
      "The file",
      z.object({
        agent: z.string(),
        text: z.string().nullable().openapi({ description: "Null where it cannot be read" }),
        revision,
        ...checked,
        writing: z.enum(["allowed", "not_permitted", "read_only"]).openapi({
          description:
            "`not_permitted`: the folder is not in `write` of permissions.server in deno.json; `read_only`: the system has it so",
        }),
        folder: z.string().openapi({ description: "Where the files of the agents are" }),
      }).openapi("AgentFile"),
    ),
    ...errorAnswers,
  },
});

const check = createRoute({
  method: "post",
  path: "/api/agents/{name}/file/check",
  operationId: "checkAgentFile",
  summary: "Check a text for an agent's file",
  description: "Finds what would be wrong with it, and saves nothing. Takes the scope `admin`.",
  tags,
  request: { params, body: { content: json(z.strictObject({ text })), required: true } },
  responses: {
    200: answer("What is wrong with it", z.object(checked).openapi("CheckedAgentFile")),
    ...errorAnswers,
  },
});

const save = createRoute({
  method: "put",
  path: "/api/agents/{name}/file",
  operationId: "saveAgentFile",
  summary: "Change an agent, or make a new one",
  description:
    "Replaces the file at once; the next call uses it. Nothing is saved where the text is faulty (422 `agent_faulty`, with the problems as details), where the file is not of the `revision` that the change is based on (409 `agent_changed`; null for a new agent), and where the server may not write there (409 `agents_read_only`). Of several processes, in the folder of the one that answers. Takes the scope `admin`.",
  tags,
  request: {
    params,
    body: { content: json(z.strictObject({ text, revision })), required: true },
  },
  responses: {
    200: answer(
      "It is in use",
      z.object({ agent: z.string(), version: z.string().nullable(), revision: agentVersion })
        .openapi("SavedAgentFile"),
    ),
    ...errorAnswers,
  },
});
