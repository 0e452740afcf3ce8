import { createRoute, z } from "@hono/zod-openapi";
import { CallRefused } from "../call/registry.ts";
import type { Agents } from "../config/agents.ts";
import { missingVariables } from "../services/calls.ts";
import type { OutboundCalls } from "../services/outbound.ts";
import { type Caller, requireKeys, type RequireScope } from "./middleware/access.ts";
import {
  fieldProblem,
  HttpProblem,
  phoneNotConfigured,
  required,
  unknownCall,
} from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { answer, apiRoutes, errorAnswers, json } from "./openapi/schemaParts.ts";
import {
  idempotencyHeader,
  initiateAnswer,
  initiateRequest,
  outboundCall,
  outboundIdParam,
  queuedAnswer,
} from "./openapi/outboundSchemas.ts";

/** Shared by the routes of single calls and of batches. */
export interface OutboundRoutesDeps {
  readonly access: RequireScope;
  readonly hasKeys: boolean;
  /** Absent where the phone is not set up. */
  readonly outbound: Pick<OutboundCalls, "place" | "state" | "hangUp" | "batches"> | undefined;
  readonly agents: Pick<Agents, "names" | "unusable" | "get">;
  readonly defaultAgent: string;
  /** What a request may name as `from`: the first is the default. */
  readonly ownNumbers: readonly string[];
}

/** The API that places phone calls, for holders of a key. */
export function outboundRoutes(deps: OutboundRoutesDeps) {
  const { access, hasKeys } = deps;
  const routes = apiRoutes();
  const keyed = requireKeys(hasKeys);
  const creating = [keyed, access("calls:create", "call.place")];
  const reading = { middleware: [keyed, access("calls:read")] };

  routes.openapi({ ...initiate, middleware: [...creating, jsonBody()] }, async (c) => {
    const outbound = required(deps.outbound, phoneNotConfigured);
    const { agent: wanted, ...request } = c.req.valid("json");
    const agent = knownAgent(wanted, deps);
    knownFrom(request.from, deps);
    const requestKey = c.req.valid("header")["idempotency-key"];
    const asked = { ...request, agent, keyName: keyNameOf(c.get("caller")) };
    const { status, body } = await outbound.place(asked, requestKey);
    const { data: placed } = z.object({ callId: z.string() }).safeParse(body);
    c.set("audited", { action: "call.place", subject: placed?.callId });
    const definition = deps.agents.get(agent);
    const missing = definition &&
      missingVariables(definition, Object.keys(request.variables ?? {}));
    const told = missing === undefined || missing.length === 0
      ? {}
      : { missingVariables: [...missing] };
    return status === 202
      ? c.json({ ...queuedAnswer.parse(body), ...told }, 202)
      : c.json({ ...initiateAnswer.parse(body), ...told }, 200);
  });

  routes.openapi({ ...state, ...reading }, async (c) => {
    const { id } = c.req.valid("param");
    const outbound = required(deps.outbound, phoneNotConfigured);
    return c.json(required(await outbound.state(id, c.get("caller")), unknownCall), 200);
  });

  routes.openapi(
    { ...hangUp, middleware: [keyed, access("calls:create", "call.cancel")] },
    async (c) => {
      const { id } = c.req.valid("param");
      const outbound = required(deps.outbound, phoneNotConfigured);
      return c.json(required(await outbound.hangUp(id, c.get("caller")), unknownCall), 200);
    },
  );

  return routes;
}

/** The agent for a call. Throws where it does not exist or is unusable. */
export function knownAgent(
  wanted: string | undefined,
  { agents, defaultAgent }: {
    readonly agents: Pick<Agents, "names" | "unusable">;
    readonly defaultAgent: string;
  },
): string {
  const agent = wanted ?? defaultAgent;
  if (agents.names.includes(agent)) return agent;
  if (agents.unusable.has(agent)) throw new CallRefused("agent_unusable");
  throw new HttpProblem(422, "unknown_agent", "There is no agent of this name.", {
    details: [
      fieldProblem("agent", "must be one of {names}", { names: agents.names.join(", ") }),
    ],
  });
}

/** The number to call from. Throws where OUTBOUND_FROM does not list it. */
export function knownFrom(
  from: string | undefined,
  { ownNumbers }: Pick<OutboundRoutesDeps, "ownNumbers">,
): string | undefined {
  if (from === undefined || ownNumbers.includes(from)) return from;
  throw new HttpProblem(
    403,
    "from_not_allowed",
    "Calls cannot be placed from this number: it is not listed in OUTBOUND_FROM.",
  );
}

/** The name by which limits count calls. Throws for a caller without a key. */
export function keyNameOf({ keyName }: Caller): string {
  if (keyName !== undefined) return keyName;
  throw new HttpProblem(401, "key_required", "This needs an API key.");
}

const tags = ["Calling out"];

const initiate = createRoute({
  method: "post",
  path: "/api/outbound/initiate",
  operationId: "placeCall",
  summary: "Place a phone call",
  description: [
    "Dials at once, or queues the call behind others from the same number.",
    "Refused with 403 and one of `destination_not_allowed`, `do_not_call`, `outside_calling_hours` (`details` say when they begin), `consent_missing`, `consent_too_old` or `consent_in_future`;",
    "with 429 `number_called_enough` where the number was called as often as it may be in a day of its own clocks, and other codes for the limits of the key.",
  ].join(" "),
  tags,
  request: {
    headers: idempotencyHeader,
    body: { required: true, content: json(initiateRequest) },
  },
  responses: {
    200: answer("Placed", initiateAnswer),
    202: answer("Queued", queuedAnswer),
    ...errorAnswers,
  },
});

const state = createRoute({
  method: "get",
  path: "/api/outbound/{id}",
  operationId: "getOutboundCall",
  summary: "Get a placed call",
  tags,
  request: { params: outboundIdParam },
  responses: { 200: answer("Its state", outboundCall), ...errorAnswers },
});

const hangUp = createRoute({
  method: "post",
  path: "/api/outbound/{id}/hangup",
  operationId: "hangUpOutboundCall",
  summary: "End a placed call",
  description: "Works while the call is queued, rings or has been answered.",
  tags,
  request: { params: outboundIdParam },
  responses: {
    200: answer("Its last state", outboundCall),
    ...errorAnswers,
  },
});
