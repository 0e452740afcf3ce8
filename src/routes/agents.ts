import { createRoute, z } from "@hono/zod-openapi";
import type { AgentCatalog, AgentState, KnownVersion, RestoreResult } from "../services/agents.ts";
import { askedVariables } from "../services/calls.ts";
import { describeReach } from "../services/routing.ts";
import { agentAnalysis, viewAgentAnalysis } from "./agentAnalysisView.ts";
import { agentProblem, agentsReadOnly, viewAgentProblem } from "./agentProblemView.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { unknownAgent } from "./usableAgent.ts";
import { agentName, agentVersion, answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `/api/agents`: the agents of this process, what is wrong with their files, and their versions. */
export function agentsRoutes({ access, catalog, defaultAgent, now }: {
  readonly access: RequireScope;
  readonly catalog: AgentCatalog;
  readonly defaultAgent: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}) {
  const routes = apiRoutes();
  const reading = { middleware: [access("calls:read")] };

  routes.openapi({ ...all, ...reading }, async (c) => {
    const editing = c.get("caller").isAdmin ? await catalog.writing() : "scope_missing" as const;
    return c.json({ agents: catalog.list().map((state) => viewAgent(state)), editing }, 200);
  });

  routes.openapi({ ...versions, ...reading }, async (c) => {
    const found = await catalog.versions(c.req.valid("param").name);
    return c.json({ versions: required(found, unknownAgent).map(viewVersion) }, 200);
  });

  routes.openapi({ ...version, middleware: [access("admin")] }, async (c) => {
    const { name, version } = c.req.valid("param");
    const text = required(await catalog.text(name, version), unknownVersion);
    c.header("Cache-Control", "no-store");
    return c.json({ agent: name, version, text }, 200);
  });

  routes.openapi({ ...restore, middleware: [access("admin", "agent.restore")] }, async (c) => {
    const { name, version } = c.req.valid("param");
    const result = await catalog.restore(name, version);
    if (!result.ok) throw problemOf(result, { name, version });
    return c.json({ agent: name, version: result.version ?? null }, 200);
  });

  return routes;

  function viewAgent({ name, title, state, agent, problems, warnings }: AgentState) {
    const reach = agent && describeReach(agent, now());
    return {
      name,
      title: title ?? null,
      state,
      isDefault: name === defaultAgent,
      version: agent?.version ?? null,
      numbers: [...reach?.numbers ?? []],
      transfers: Object.keys(agent?.transfers ?? {}),
      variables: agent === undefined ? [] : [...askedVariables(agent)],
      analysis: viewAgentAnalysis(agent?.analysis),
      openNow: reach?.openNow ?? null,
      problems: problems.map((problem) => viewAgentProblem(name, problem)),
      warnings: warnings.map((problem) => viewAgentProblem(name, problem)),
    };
  }
}

function viewVersion({ version, firstUsedAt, lastUsedAt, uses, inUse }: KnownVersion) {
  return {
    version,
    inUse,
    calls: uses,
    firstUsedAt: maybeTime(firstUsedAt),
    lastUsedAt: maybeTime(lastUsedAt),
  };
}

function maybeTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function problemOf(
  result: Extract<RestoreResult, { readonly ok: false }>,
  { name, version }: { readonly name: string; readonly version: string },
): HttpProblem {
  switch (result.code) {
    case "unknown_version":
      return unknownVersion();
    case "version_unusable":
      return new HttpProblem(409, "version_unusable", "This version cannot be used any more.", {
        details: result.problems.map((problem) => ({
          path: problem.path ?? "",
          message: problem.message,
        })),
      });
    case "agents_read_only":
      return agentsReadOnly(
        result.path,
        `/api/agents/${name}/versions/${version}`,
      );
  }
}

function unknownVersion(): HttpProblem {
  return new HttpProblem(404, "unknown_version", "This version of the agent is not kept.");
}

const tags = ["Agents"];

const nameParam = z.object({ name: agentName });
const versionParam = z.object({ name: agentName, version: agentVersion });

const agent = z.object({
  name: z.string().openapi({ example: "receptionist" }),
  title: z.string().nullable(),
  state: z.enum(["ok", "broken", "unusable"]).openapi({
    description:
      "`broken`: the file is faulty, and its last good version is in use. `unusable`: there is none",
  }),
  isDefault: z.boolean(),
  version: z.string().nullable().openapi({ description: "In use", example: "3f9a1c0d52be" }),
  numbers: z.array(z.string()).openapi({ description: "Called numbers that it answers" }),
  transfers: z.array(z.string()).openapi({
    description: "Names of whom it may put callers through to",
  }),
  variables: z.array(z.string()).openapi({
    description: "Names in its texts that a request for a call may give values",
  }),
  analysis: agentAnalysis,
  openNow: z.boolean().nullable().openapi({ description: "Null without `hours`" }),
  problems: z.array(agentProblem).openapi({
    description: "What is wrong with the file as it is now",
  }),
  warnings: z.array(agentProblem).openapi({
    description: "What should be changed in the file, which is in use all the same",
  }),
}).openapi("Agent");

const all = createRoute({
  method: "get",
  path: "/api/agents",
  operationId: "listAgents",
  summary: "List the agents",
  description: "As the process that answers has them: each follows its own folder.",
  tags,
  responses: {
    200: answer(
      "All of them",
      z.object({
        agents: z.array(agent),
        editing: z.enum(["allowed", "scope_missing", "not_permitted", "read_only"]).openapi({
          description:
            "Whether this key may change files of agents: it lacks the scope `admin`, the server was not given the right to write there, or the system has the folder read-only",
        }),
      }).openapi("AgentList"),
    ),
    ...errorAnswers,
  },
});

const versions = createRoute({
  method: "get",
  path: "/api/agents/{name}/versions",
  operationId: "listAgentVersions",
  summary: "List the versions of an agent",
  description:
    "Those that calls of any process have used, the latest first: 200 at most, for 90 days after their last call. And the one in use.",
  tags,
  request: { params: nameParam },
  responses: {
    200: answer(
      "The versions",
      z.object({
        versions: z.array(z.object({
          version: z.string(),
          inUse: z.boolean(),
          calls: z.number().openapi({ description: "How many sessions of calls ran it" }),
          firstUsedAt: z.iso.datetime().nullable(),
          lastUsedAt: z.iso.datetime().nullable(),
        })),
      }).openapi("AgentVersionList"),
    ),
    ...errorAnswers,
  },
});

const version = createRoute({
  method: "get",
  path: "/api/agents/{name}/versions/{version}",
  operationId: "getAgentVersion",
  summary: "Read a version of an agent",
  description: "The text of its file, secrets included. Takes the scope `admin`.",
  tags,
  request: { params: versionParam },
  responses: {
    200: answer(
      "Its text",
      z.object({ agent: z.string(), version: z.string(), text: z.string() })
        .openapi("AgentVersion"),
    ),
    ...errorAnswers,
  },
});

const restore = createRoute({
  method: "post",
  path: "/api/agents/{name}/versions/{version}/restore",
  operationId: "restoreAgentVersion",
  summary: "Restore a version of an agent",
  description:
    "Writes its text back into the agent's file; the next call uses it. 409 `agents_read_only` where the server may not write there. Takes the scope `admin`.",
  tags,
  request: { params: versionParam },
  responses: {
    200: answer(
      "It is in use",
      z.object({
        agent: z.string(),
        version: z.string().nullable().openapi({
          description: "Another one where files that it names have changed",
        }),
      }).openapi("RestoredAgent"),
    ),
    ...errorAnswers,
  },
});
