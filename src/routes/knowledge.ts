import { createRoute, z } from "@hono/zod-openapi";
import type { Agents } from "../config/agents.ts";
import type { DocumentSearches } from "../services/store.ts";
import { present } from "../utils/present.ts";
import { filterFor } from "./callFilters.ts";
import {
  type Knowledge,
  type KnowledgeStatus,
  unansweredQuestions,
} from "../services/knowledge.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { createLongQueries } from "./middleware/longQueries.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { usableAgent } from "./usableAgent.ts";
import { agentName, answer, apiRoutes, errorAnswers, json } from "./openapi/schemaParts.ts";

/** Files that are listed; those with problems come first. */
const MAX_LISTED = 500;
const DAY_MS = 24 * 60 * 60_000;
const UNANSWERED_DAYS = 90;
/** The newest searches that are looked at for questions. */
const MAX_SEARCHES = 2000;
const MAX_QUESTIONS = 100;

/** `/api/agents/{name}/knowledge`: what an agent knows from documents. */
export function knowledgeRoutes({ access, agents, knowledge, searches, now }: {
  readonly access: RequireScope;
  readonly agents: Pick<Agents, "get" | "unusable">;
  readonly knowledge: Pick<Knowledge, "status" | "search">;
  readonly searches: DocumentSearches;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}) {
  const routes = apiRoutes();
  const long = createLongQueries();

  routes.openapi({ ...read, middleware: [access("calls:read")] }, (c) => {
    const { name } = c.req.valid("param");
    usableAgent(agents, name);
    return c.json(viewOf(name, knowledge.status(name)), 200);
  });

  routes.openapi({ ...unanswered, middleware: [access("calls:read")] }, async (c) => {
    const { name } = c.req.valid("param");
    usableAgent(agents, name);
    const { keyName } = filterFor(c.get("caller"), {});
    const since = now() - UNANSWERED_DAYS * DAY_MS;
    const found = unansweredQuestions(
      await long(() =>
        searches.unanswered({
          ...{ agent: name, since, limit: MAX_SEARCHES },
          ...present({ keyName }),
        })
      ),
    );
    const questions = found.slice(0, MAX_QUESTIONS).map(({ lastAskedAt, ...question }) => ({
      ...question,
      lastAskedAt: new Date(lastAskedAt).toISOString(),
    }));
    return c.json({
      agent: name,
      since: new Date(since).toISOString(),
      questions,
      more: found.length > questions.length,
    }, 200);
  });

  routes.openapi(
    { ...search, middleware: [access("calls:read"), jsonBody(4096)] },
    async (c) => {
      const { name } = c.req.valid("param");
      usableAgent(agents, name);
      if (knowledge.status(name) === undefined) {
        throw new HttpProblem(409, "no_knowledge", "This agent has no knowledge in its file.");
      }
      const found = await knowledge.search(name, c.req.valid("json").query);
      if (found.result === "failed") {
        throw new HttpProblem(
          503,
          "knowledge_unavailable",
          "The documents cannot be searched now: see /health.",
        );
      }
      const { passages, isWeak } = found.result === "found"
        ? found
        : { passages: [], isWeak: false };
      return c.json({ result: found.result, isWeak, passages: [...passages] }, 200);
    },
  );

  return routes;
}

function viewOf(agent: string, status: KnowledgeStatus | undefined) {
  const {
    state,
    use,
    documents,
    vectors,
    files = { total: 0, done: 0, problems: 0 },
    ...sums
  } = status ??
    { state: "none" as const, use: "search" as const, documents: [], vectors: undefined };
  return {
    agent,
    state,
    use: state === "none" ? null : use,
    files,
    passages: 0,
    characters: 0,
    ...sums,
    vectors: vectors ?? null,
    documents: documents.slice(0, MAX_LISTED).map(({ pages, problem, ...document }) => ({
      ...document,
      pages: pages ?? null,
      problem: problem ?? null,
    })),
  };
}

const tags = ["Agents"];
const params = z.object({ name: agentName });

const documentView = z.object({
  name: z.string().openapi({ description: "From the folder on that the agent's file names." }),
  state: z.enum(["waiting", "read", "unreadable"]),
  passages: z.number().int(),
  characters: z.number().int(),
  pages: z.number().int().nullable(),
  problem: z.string().nullable().openapi({
    description: "Why it is left out, as the end of a sentence that begins with its name.",
  }),
}).openapi("KnowledgeDocument");

const statusView = z.object({
  agent: z.string(),
  state: z.enum(["none", "reading", "ready"]).openapi({
    description: "`reading`: there are files that have not been looked at; the others are in use.",
  }),
  use: z.enum(["whole", "search"]).nullable().openapi({
    description: "`whole`: all of it stands in the instructions; `search`: by search_knowledge.",
  }),
  files: z.object({
    total: z.number().int(),
    done: z.number().int(),
    problems: z.number().int(),
  }),
  passages: z.number().int(),
  characters: z.number().int(),
  vectors: z.number().int().nullable().openapi({
    description: "Passages that are also found by what they mean; null where that is off.",
  }),
  documents: z.array(documentView).openapi({
    description: `Those with problems first; ${MAX_LISTED} at most.`,
  }),
}).openapi("Knowledge");

const read = createRoute({
  method: "get",
  path: "/api/agents/{name}/knowledge",
  operationId: "getKnowledge",
  summary: "See what an agent knows from documents",
  description: "How far its files are read, and which are left out. Takes the scope `calls:read`.",
  tags,
  request: { params },
  responses: { 200: answer("Its knowledge", statusView), ...errorAnswers },
});

const unanswered = createRoute({
  method: "get",
  path: "/api/agents/{name}/knowledge/unanswered",
  operationId: "listUnansweredQuestions",
  summary: "List what an agent's documents do not answer",
  description:
    `Searches of calls of the last ${UNANSWERED_DAYS} days that found nothing, or nothing that seems to answer them, those of the most calls first: ${MAX_QUESTIONS} questions at most, of the newest ${MAX_SEARCHES} such searches. They are read from the records of calls, and go with these. A key without the scope \`admin\` sees those of its own calls. Takes the scope \`calls:read\`.`,
  tags,
  request: { params },
  responses: {
    200: answer(
      "The questions",
      z.object({
        agent: z.string(),
        since: z.iso.datetime(),
        questions: z.array(z.object({
          question: z.string().openapi({ description: "As it was asked last" }),
          fit: z.enum(["none", "weak"]).openapi({
            description: "`none`: nothing was found; `weak`: something that hardly fits",
          }),
          calls: z.number().int().openapi({ description: "Calls in which it was asked" }),
          lastCallId: z.string(),
          lastAskedAt: z.iso.datetime(),
        })),
        more: z.boolean(),
      }).openapi("UnansweredQuestions"),
    ),
    ...errorAnswers,
  },
});

const search = createRoute({
  method: "post",
  path: "/api/agents/{name}/knowledge/search",
  operationId: "searchKnowledge",
  summary: "Search an agent's documents",
  description:
    "As the tool `search_knowledge` does in a call; also for knowledge that stands in the " +
    "instructions. It counts in `/metrics`. Takes the scope `calls:read`.",
  tags,
  request: {
    params,
    body: { content: json(z.strictObject({ query: z.string().trim().min(1).max(500) })) },
  },
  responses: {
    200: answer(
      "The passages that fit best, the best first",
      z.object({
        result: z.enum(["found", "nothing", "not_ready"]),
        isWeak: z.boolean().openapi({
          description: "The passages seem to be about something else",
        }),
        passages: z.array(z.object({
          source: z.string().openapi({ example: "prices.pdf, page 3" }),
          text: z.string(),
        })),
      }).openapi("KnowledgeSearch"),
    ),
    ...errorAnswers,
  },
});
