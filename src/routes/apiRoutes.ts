import { OpenAPIHono } from "@hono/zod-openapi";
import type { CallRegistry } from "../call/sessionApi.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import { createAnalysis, type Records } from "../services/records.ts";
import {
  createCallActions,
  createCallControl,
  createCallLookup,
  createEndCall,
  createLiveCallsOfKey,
  type LiveCallsOfKeyDeps,
} from "../services/calls.ts";
import type { InstanceQuestions } from "../services/cluster.ts";
import type { Phone } from "../services/phone.ts";
import type { Transfers } from "../services/spending.ts";
import { setTimer } from "../utils/clock.ts";
import type { CallerEnv, RequireScope } from "./middleware/access.ts";
import { analyticsRoutes } from "./analytics.ts";
import { callsRoutes } from "./calls.ts";
import { erasureRoutes } from "./erasure.ts";
import { eventsRoutes } from "./events.ts";
import type { GuessGuard } from "./middleware/guessGuard.ts";
import { keysRoutes } from "./keyRevocation.ts";
import { metricsRoutes } from "./metrics.ts";
import { webhookRoutes } from "./webhooks.ts";
import { present } from "../utils/present.ts";

export interface ApiRoutesDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly records: Records;
  readonly phone: Phone | undefined;
  readonly questions: InstanceQuestions;
  readonly transfers: Pick<Transfers, "decide">;
  readonly access: RequireScope;
  readonly guesses: Pick<GuessGuard, "counts">;
  readonly log: LiveCallsOfKeyDeps["log"];
}

/** The routes that read the records and act on live calls. */
export function apiRoutes(
  { settings, agents, registry, records, phone, questions, transfers, access, guesses, log }:
    ApiRoutesDeps,
): OpenAPIHono<CallerEnv> {
  const { store: { calls, outbox, keyCalls }, recorder, eventLog, metrics, revocation, webhooks } =
    records;
  const { instanceId } = records;
  const lookup = createCallLookup({ registry, calls, recorder, instanceId, setTimer });
  const control = createCallControl({
    instanceId,
    questions,
    act: createCallActions({
      registry,
      decideTransfer: transfers.decide,
      transferAliases: (agent) => Object.keys(agents.get(agent)?.transfers ?? {}),
    }),
    ...(phone !== undefined && { endPhoneCall: phone.endCall }),
  });
  const sumUp = createAnalysis({ analyse: calls.analyse, now: records.store.clock.now });
  const endCall = createEndCall({
    control,
    ...(phone !== undefined && {
      hangUpPlaced: (callId) => phone.outbound.hangUp(callId, { isAdmin: true }),
    }),
  });
  const routes = new OpenAPIHono<CallerEnv>();
  routes.route("/", callsRoutes({ access, calls, lookup, control }));
  routes.route("/", erasureRoutes({ access, lookup, forgetting: records.forgetting, endCall }));
  routes.route("/", analyticsRoutes({ access, sumUp }));
  routes.route(
    "/",
    eventsRoutes({
      setTimer,
      access,
      log: eventLog,
      findCall: lookup.known,
      now: records.store.clock.now,
      revocation,
    }),
  );
  routes.route("/", webhookRoutes({ access, outbox, ...present({ webhooks }) }));
  routes.route("/", metricsRoutes({ access, metrics, guesses }));
  const liveCallsOf = createLiveCallsOfKey({
    keyCalls,
    endCall,
    flush: recorder.flush,
    log,
  });
  const { apiKeys: keys } = settings.server;
  routes.route("/", keysRoutes({ access, keys, revocation, liveCallsOf }));
  return routes;
}
