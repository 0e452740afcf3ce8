import { createRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "@hono/hono";
import type { OutboundCalls } from "../services/outboundCalls.ts";
import type { Destination } from "../services/spending.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { type ApiKeyDeps, type KeyEnv, requireApiKey, tooManyRequests } from "./apiKeys.ts";
import { HttpProblem } from "./errors.ts";
import { limitedJson } from "./limitedJson.ts";
import {
  callSidParam,
  errorAnswer,
  initiateAnswer,
  initiateRequest,
  outboundCall,
} from "./outboundSchemas.ts";

export interface OutboundRoutesDeps extends ApiKeyDeps {
  /** Absent where the phone is not set up. */
  readonly outbound?: OutboundCalls;
  readonly checkDestination: (to: string) => Promise<Destination>;
  readonly agentNames: readonly string[];
  readonly defaultAgent: string;
  readonly perMinute: number;
}

/** The API that places phone calls, for holders of a key. */
export function outboundRoutes(deps: OutboundRoutesDeps): OpenAPIHono<KeyEnv> {
  const { checkDestination, agentNames, defaultAgent, perMinute } = deps;
  const routes = new OpenAPIHono<KeyEnv>({ defaultHook: refuseInvalid });
  const keyed = requireApiKey(deps);

  routes.openapi(initiate([keyed, limitPerKey(perMinute, deps.now), limitedJson()]), async (c) => {
    const outbound = configured(deps.outbound);
    const request = c.req.valid("json");
    const agent = request.agent ?? defaultAgent;
    if (!agentNames.includes(agent)) {
      throw new HttpProblem(422, "unknown_agent", "There is no agent of this name.", [
        { path: "agent", message: `must be one of ${agentNames.join(", ")}` },
      ]);
    }
    const destination = await checkDestination(request.to);
    if (!destination.ok) throw refusalOf(destination);
    const { context, variables, from, machineDetection } = request;
    const placed = await outbound.place({
      to: destination.number,
      agent,
      keyName: c.get("keyName"),
      ...(context !== undefined && { context }),
      ...(variables !== undefined && { variables }),
      ...(from !== undefined && { from }),
      ...(machineDetection !== undefined && { machineDetection }),
    });
    return c.json({ success: true, ...placed } as const, 200);
  });

  routes.openapi(state([keyed]), (c) => {
    const { callSid } = c.req.valid("param");
    const found = configured(deps.outbound).state(callSid, c.get("keyName"));
    return c.json(found ?? unknownCall(), 200);
  });

  routes.openapi(hangUp([keyed]), async (c) => {
    const { callSid } = c.req.valid("param");
    const found = await configured(deps.outbound).hangUp(callSid, c.get("keyName"));
    return c.json(found ?? unknownCall(), 200);
  });

  return routes;
}

type Guards = MiddlewareHandler<KeyEnv>[];

const json = <Schema>(schema: Schema) => ({ "application/json": { schema } });

const errors = {
  "4XX": { description: "Not done, and why", content: json(errorAnswer) },
  "5XX": { description: "Could not be done, and why", content: json(errorAnswer) },
} satisfies RouteConfig["responses"];

const initiate = (middleware: Guards) =>
  createRoute({
    method: "post",
    path: "/api/outbound/initiate",
    summary: "Place a phone call",
    middleware,
    request: { body: { required: true, content: json(initiateRequest) } },
    responses: { 200: { description: "Placed", content: json(initiateAnswer) }, ...errors },
  });

const state = (middleware: Guards) =>
  createRoute({
    method: "get",
    path: "/api/outbound/{callSid}",
    summary: "How a placed call stands",
    middleware,
    request: { params: callSidParam },
    responses: { 200: { description: "Its state", content: json(outboundCall) }, ...errors },
  });

const hangUp = (middleware: Guards) =>
  createRoute({
    method: "post",
    path: "/api/outbound/{callSid}/hangup",
    summary: "End a placed call",
    middleware,
    request: { params: callSidParam },
    responses: { 200: { description: "Its last state", content: json(outboundCall) }, ...errors },
  });

function limitPerKey(perMinute: number, now: () => number): MiddlewareHandler<KeyEnv> {
  const limiter = createRateLimiter({ capacity: perMinute, refillPerSecond: perMinute / 60 });
  return async function keyRate(c, next) {
    const pace = limiter.take(c.get("keyName"), now());
    if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
    await next();
  };
}

function refuseInvalid(
  result: {
    readonly success: boolean;
    readonly error?: {
      readonly issues: readonly {
        readonly path: readonly PropertyKey[];
        readonly message: string;
      }[];
    };
  },
): void {
  if (result.success) return;
  const details = (result.error?.issues ?? []).slice(0, 20).map(({ path, message }) => ({
    path: path.map(String).join("."),
    message,
  }));
  throw new HttpProblem(422, "invalid_request", "The request is not valid: see details.", details);
}

function refusalOf({ kind, code, sentence }: Extract<Destination, { ok: false }>): HttpProblem {
  const details = [{ path: "to", reason: code, message: sentence }];
  return kind === "forbidden"
    ? new HttpProblem(403, "destination_not_allowed", sentence, details)
    : new HttpProblem(422, "invalid_number", sentence, details);
}

function configured(outbound: OutboundCalls | undefined): OutboundCalls {
  if (outbound !== undefined) return outbound;
  throw new HttpProblem(
    503,
    "phone_not_configured",
    "The phone is not set up: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER are missing.",
  );
}

function unknownCall(): never {
  throw new HttpProblem(404, "unknown_call", "There is no such call.");
}
