import type { Context } from "@hono/hono";
import type { CallRegistry } from "../call/types.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import type { Phone } from "../services/phone.ts";
import { createAuthenticator } from "../utils/auth.ts";
import { newId } from "../utils/ids.ts";
import type { Logger } from "../utils/logger.ts";
import { clientAddress } from "../utils/rateLimiter.ts";
import { createRouter, type RouteEnv, type Router } from "./index.ts";
import { outboundRoutes } from "./outbound.ts";
import { twilioRoutes } from "./twilio.ts";
import { webRoutes } from "./web.ts";

/** What the server's routes are made from. */
export interface RoutedApp {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly phone: Phone | undefined;
  readonly engine: string;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

/** All the server's routes, with what the settings and the parts of the server give each. */
export function createAppRouter(
  { settings, agents, registry, phone, engine, log, isDraining }: RoutedApp,
): Router {
  const { server, outbound, agents: { default: defaultAgent } } = settings;
  const now = () => performance.now();
  const addressOf = (c: Context<RouteEnv>) =>
    clientAddress(c.env.remoteAddress, c.req.raw.headers, server.trustProxy);
  const keyed = server.apiKeys.length === 0
    ? {}
    : { authenticate: createAuthenticator(server.apiKeys) };
  return createRouter({
    health: {
      calls: registry,
      maxCalls: settings.limits.calls,
      isDraining,
      uptimeSeconds: () => now() / 1000,
    },
    allowedOrigins: server.allowedOrigins,
    newRequestId: () => newId("req"),
    now,
    log,
    mount(router) {
      router.route(
        "/",
        twilioRoutes({ ...(phone !== undefined && { phone }), defaultAgent, addressOf, log }),
      );
      router.route(
        "/",
        outboundRoutes({
          ...keyed,
          addressOf,
          now,
          ...(phone !== undefined && { outbound: phone.outbound }),
          checkDestination: async (to) => {
            // The numbering plans of the world take time to load, and most runs never dial.
            const { checkDestination } = await import("../services/spending.ts");
            const { countries } = outbound;
            const ownNumber = settings.phone?.number ?? "";
            return checkDestination(to, { ownNumber, ...(countries && { countries }) });
          },
          agentNames: agents.names,
          defaultAgent,
          perMinute: outbound.perMinute,
        }),
      );
      router.route(
        "/",
        webRoutes({
          ...keyed,
          registry,
          agents: agents.names.map((name) => ({ name, title: agents.get(name)?.title ?? name })),
          defaultAgent,
          engine,
          ...(server.publicUrl !== undefined && { publicOrigin: server.publicUrl }),
          allowedOrigins: server.allowedOrigins,
          addressOf,
          log,
        }),
      );
    },
  });
}
