import type { Context } from "@hono/hono";
import type { CallRegistry } from "../call/sessionApi.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import type { CallBudget, Transfers } from "../services/spending.ts";
import type { Incidents } from "../utils/incidents.ts";
import type { InstanceQuestions } from "../services/cluster.ts";
import type { Phone } from "../services/phone.ts";
import type { Records } from "../services/records.ts";
import { createAuthenticator } from "../utils/auth.ts";
import { clientAddress } from "../utils/clientAddress.ts";
import { newId } from "../utils/ids.ts";
import type { Logger } from "../utils/logger.ts";
import { setTimer } from "../utils/clock.ts";
import { createAccess, createKeyCheck } from "./middleware/access.ts";
import { apiRoutes } from "./apiRoutes.ts";
import { doNotCallRoutes } from "./doNotCall.ts";
import { docsRoutes } from "./docs.ts";
import { createGuessGuard } from "./middleware/guessGuard.ts";
import { createRouter, type RouteEnv, type Router } from "./baseRouter.ts";
import { openapiRoutes } from "./openapi/openapiRoute.ts";
import { outboundRoutes } from "./outbound.ts";
import { outboundBatchRoutes } from "./outboundBatches.ts";
import { twilioRoutes } from "./twilio.ts";
import { webRoutes } from "./web.ts";
import { createWebTokens } from "./webTokens.ts";
import { present } from "../utils/present.ts";

/** What the server's routes are made from. */
export interface RoutedApp {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly phone: Phone | undefined;
  readonly records: Records;
  readonly questions: InstanceQuestions;
  readonly transfers: Pick<Transfers, "decide">;
  readonly callBudget: CallBudget;
  readonly incidents: Incidents;
  readonly engine: string;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

/** All the server's routes, with what the settings and the parts of the server give each. */
export function createAppRouter(
  { settings, agents, registry, phone, records, questions, incidents, transfers, ...rest }:
    RoutedApp,
): Router {
  const { engine, log, isDraining } = rest;
  const { server, agents: { default: defaultAgent } } = settings;
  const now = () => performance.now();
  const addressOf = (c: Context<RouteEnv>) =>
    clientAddress(c.env.remoteAddress, c.req.raw.headers, server.trustProxy);
  const checkKey = server.apiKeys.length === 0 ? undefined : createKeyCheck({
    authenticate: createAuthenticator(server.apiKeys),
    isRevoked: records.revocation.isRevoked,
  });
  const keyed = checkKey &&
    { authenticate: (secret: string) => checkKey(secret, "calls:create") };
  const guesses = createGuessGuard({ addressOf, trustProxy: server.trustProxy, now, log });
  const isExpired = (name: string) =>
    server.apiKeys.some((key) =>
      key.name === name && key.expiresAt !== undefined && key.expiresAt <= Date.now()
    );
  const access = createAccess({
    guesses,
    ...present({ checkKey, publicOrigin: server.publicUrl }),
    allowedOrigins: server.allowedOrigins,
    now,
  });
  const dialling = {
    access,
    hasKeys: checkKey !== undefined,
    ...(phone !== undefined && { outbound: phone.outbound }),
    agentNames: agents.names,
    unusableAgents: [...agents.unusable.keys()],
    defaultAgent,
    ownNumbers: [
      ...(settings.phone === undefined ? [] : [settings.phone.number]),
      ...settings.outbound.from,
    ],
  };
  return createRouter({
    health: {
      calls: registry,
      maxCalls: settings.limits.calls,
      isDraining,
      uptimeSeconds: () => now() / 1000,
      checks: { store: () => checkStore(records) },
      incidents: incidents.list,
    },
    allowedOrigins: server.allowedOrigins,
    newRequestId: () => newId("req"),
    now,
    log,
    mount(router) {
      router.route(
        "/",
        twilioRoutes({ ...present({ phone }), defaultAgent, addressOf, log }),
      );
      router.route(
        "/",
        outboundBatchRoutes({ ...dialling, ownNumber: settings.phone?.number ?? "" }),
      );
      router.route("/", outboundRoutes(dialling));
      router.route(
        "/",
        doNotCallRoutes({ access, list: records.store.doNotCall, now: records.store.clock.now }),
      );
      router.route(
        "/",
        webRoutes({
          ...keyed,
          registry,
          budget: rest.callBudget,
          hasLine: () => phone === undefined || webCalls(registry) < webLines(settings),
          tokens: createWebTokens({
            ...(isShared(settings.database) && { shared: records.store.tokens }),
            isRevoked: (name) => records.revocation.isNameRevoked(name) || isExpired(name),
            now: records.store.clock.now,
            setTimer,
          }),
          unusableAgents: [...agents.unusable.keys()],
          agents: agents.names.map((name) => ({ name, title: agents.get(name)?.title ?? name })),
          defaultAgent,
          engine,
          ...present({ publicOrigin: server.publicUrl }),
          allowedOrigins: server.allowedOrigins,
          addressOf,
          guesses,
          now,
          log,
        }),
      );
      router.route(
        "/",
        apiRoutes({
          settings,
          agents,
          registry,
          records,
          phone,
          questions,
          transfers,
          access,
          guesses,
          log,
        }),
      );
      router.route("/", docsRoutes());
      router.route("/", openapiRoutes(router, checkKey !== undefined));
    },
  });
}

function webCalls(registry: CallRegistry): number {
  return registry.list().filter(({ request }) => request.direction === "web").length;
}

/** So many of a hundred lines are kept for the phone: whoever calls has no other way in. */
const PHONE_PERCENT = 20;

function webLines({ limits: { calls } }: Settings): number {
  return calls - Math.floor(calls * PHONE_PERCENT / 100);
}

/** What is in memory dies with the process, and no other one sees it. */
function isShared(database: Settings["database"]): boolean {
  return database.kind === "postgres" || database.path !== ":memory:";
}

/** Calls go on while the store is away, and what happens in them waits for it. */
function checkStore({ recorder }: Records) {
  const health = recorder.health();
  if (health.status === "ok") return { ok: true, vital: false };
  return { ok: false, vital: false, detail: `${health.waiting} writes wait` };
}
