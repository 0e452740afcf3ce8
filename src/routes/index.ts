import type { Context, Env, Hono } from "@hono/hono";
import { isShared } from "../config/settings.ts";
import { hasWebLine } from "../services/calls.ts";
import type { Load } from "../services/load.ts";
import type { Recordings } from "../services/recording.ts";
import { createCostSoFar, type Records } from "../services/records.ts";
import { clientAddress } from "../utils/http/clientAddress.ts";
import { setTimer } from "../utils/clock.ts";
import { newId, newToken } from "../utils/ids.ts";
import { agentFilesRoutes } from "./agentFiles.ts";
import { agentSessionRoutes } from "./agentSession.ts";
import { agentsRoutes } from "./agents.ts";
import { analyticsRoutes } from "./analytics.ts";
import { appointmentsRoutes } from "./appointments.ts";
import { createBaseRouter, type RouteEnv, type Router } from "./baseRouter.ts";
import { callAnalysisRoutes } from "./callAnalysis.ts";
import { callSearchRoutes } from "./callSearch.ts";
import { callTableRoutes } from "./callTable.ts";
import { callTagsRoutes } from "./callTags.ts";
import { createCallers } from "./callers.ts";
import { callsRoutes } from "./calls.ts";
import { doNotCallRoutes } from "./doNotCall.ts";
import { erasureRoutes } from "./erasure.ts";
import { eventsRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { journalsRoutes } from "./journals.ts";
import { keyRevocationRoutes } from "./keyRevocation.ts";
import { knowledgeRoutes } from "./knowledge.ts";
import { listenRoutes } from "./listen.ts";
import { meRoutes } from "./me.ts";
import { messagesRoutes } from "./messages.ts";
import { smsRoutes } from "./sms.ts";
import { metricsRoutes } from "./metrics.ts";
import { openapiRoutes } from "./openapi/openapiRoutes.ts";
import { outboundRoutes } from "./outbound.ts";
import { auditRoutes } from "./audit.ts";
import { batchControlRoutes } from "./batchControl.ts";
import { batchResultsRoutes } from "./batchResults.ts";
import { outboundBatchesRoutes } from "./outboundBatches.ts";
import { pagesRoutes } from "./pages.ts";
import { probeRoutes } from "./probe.ts";
import { createRecordingLinks } from "./recordingLinks.ts";
import { recordingPeaksRoutes } from "./recordingPeaks.ts";
import { recordingsRoutes } from "./recordings.ts";
import { retentionRoutes } from "./retention.ts";
import type { RouterDeps } from "./routerDeps.ts";
import { routingRoutes } from "./routing.ts";
import { sessionsRoutes } from "./sessions.ts";
import { setupRoutes } from "./setup.ts";
import { signInRoutes } from "./signIn.ts";
import { createTableStreams } from "./tableStreams.ts";
import { toolsRoutes } from "./tools.ts";
import { twilioRoutes } from "./twilio.ts";
import { createResumeTokens } from "./resumeTokens.ts";
import { webRoutes } from "./web.ts";
import { webhooksRoutes } from "./webhooks.ts";
import { createWebTokens } from "./webTokens.ts";

/** Mounts all routes of the server. Of two that match, the first answers. */
export function createRouter(
  { settings, agents, registry, phone, store, records, operations, ...deps }: RouterDeps,
): Router {
  const {
    analysis,
    callBudget,
    routing,
    eventLog,
    metrics,
    load,
    webhooks,
    engine,
    incidents,
    log,
    isDraining,
  } = deps;
  const { apiKeys, allowedOrigins, publicUrl: publicOrigin, trustProxy } = settings.server;
  const { default: defaultAgent } = settings.agents;
  const { agenda } = deps.calendar;
  const { instanceId, revocation } = deps.cluster;
  const { lookup, webCalls, control, endCall, liveCallsOf } = operations;
  const monotonic = () => performance.now();
  const { now } = store.clock;
  const addressOf = (c: Context<RouteEnv>) =>
    clientAddress(c.env.remoteAddress, c.req.raw.headers, trustProxy);
  const callers = createCallers({
    server: settings.server,
    revocation,
    signIn: deps.signIn,
    audit: records.auditLog,
    addressOf,
    now: monotonic,
    log,
  });
  const { access, checkKey, guesses, sessions, isOver } = callers;
  const outbound = {
    access,
    hasKeys: checkKey !== undefined,
    outbound: phone?.outbound,
    agents,
    defaultAgent,
    ownNumbers: [
      ...(settings.phone === undefined ? [] : [settings.phone.number]),
      ...settings.outbound.from,
    ],
  };

  const pages = new Map(apiKeys.flatMap(({ name, page }) => page ? [[name, page]] : []));
  const pageOrigins = [...new Set([...pages.values()].flatMap(({ origins }) => origins))];
  const router = createBaseRouter({
    allowedOrigins,
    pageOrigins,
    newRequestId: () => newId("req"),
    now: monotonic,
    log,
  });
  const mount = <E extends Env>(routes: Hono<E>) => void router.route("/", routes);
  mount(healthRoutes({
    calls: registry,
    maxCalls: settings.limits.calls,
    isDraining,
    uptimeSeconds: () => monotonic() / 1000,
    checks: {
      store: () => checkStore(records),
      load: () => checkLoad(load),
      recording: () => checkRecording(deps.recordings),
    },
    incidents: incidents.list,
  }));
  mount(probeRoutes({
    ...{ proofs: deps.setup.proofs, phone: settings.phone, addressOf, now: monotonic },
  }));
  const { texts, mediaLimits } = deps;
  mount(twilioRoutes({ phone, texts, sockets: load.sockets, mediaLimits, addressOf, log }));
  const sendTable = createTableStreams({ setTimer, revocation: callers.revocation });
  mount(outboundBatchesRoutes(outbound));
  mount(batchControlRoutes({ ...outbound, now }));
  mount(batchResultsRoutes({ ...outbound, sendTable }));
  mount(outboundRoutes(outbound));
  mount(doNotCallRoutes({ access, list: store.doNotCall, now }));
  mount(routingRoutes({ access, routing, agents, defaultAgent }));
  mount(messagesRoutes({ access, messages: store.messages, now }));
  mount(smsRoutes({ access, textMessages: store.textMessages }));
  mount(pagesRoutes());
  const sharedTokens = isShared(settings.database) ? store.tokens : undefined;
  mount(webRoutes({
    authenticate: checkKey && ((secret) => checkKey(secret, "web")),
    sessions,
    pageOf: (name) => pages.get(name),
    pageOrigins,
    registry,
    callBudget,
    hasLine: () => phone === undefined || hasWebLine(registry, settings.limits.calls),
    tokens: createWebTokens({
      shared: sharedTokens,
      isRevoked: isOver,
      now,
      setTimer,
    }),
    resumeTokens: createResumeTokens({
      shared: sharedTokens,
      lifeMs: settings.limits.callMs + RESUME_TOKEN_MARGIN_MS,
      instanceId,
      now,
      setTimer,
      log,
    }),
    webCalls,
    clientTools: deps.clientTools,
    agents,
    routing,
    defaultAgent,
    engine,
    sockets: load.sockets,
    publicOrigin,
    allowedOrigins,
    addressOf,
    guesses,
    now: monotonic,
    log,
  }));
  mount(agentsRoutes({ access, catalog: deps.catalog, defaultAgent, now }));
  mount(agentFilesRoutes({ access, catalog: deps.catalog }));
  mount(agentSessionRoutes({ access, agents, previewSession: deps.previewSession }));
  mount(toolsRoutes({ access, agents, trials: deps.toolTrials }));
  mount(setupRoutes({ access, setup: deps.setup }));
  mount(callAnalysisRoutes({ access, lookup, analysis }));
  mount(callTagsRoutes({ access, lookup, callTags: store.callTags }));
  mount(callTableRoutes({
    ...{ access, callStore: store.calls, callTable: store.callTable, sendTable },
  }));
  const costSoFarOf = createCostSoFar({ prices: deps.prices, now });
  const found = { access, callStore: store.calls, costSoFarOf };
  mount(callSearchRoutes({ ...found, words: store.words }));
  mount(callsRoutes({ ...found, agenda, agents, lookup, control }));
  const recorded = {
    ...{ access, lookup, instanceId, recordings: deps.recordings, callStore: store.calls },
  };
  const links = createRecordingLinks({
    secret: () => store.keyValues.getOrSet("recording_link_secret", newToken()),
    isRevoked: isOver,
    now,
  });
  mount(recordingsRoutes({
    ...{ ...recorded, links, addressOf, now, removal: records.recordingRemoval },
  }));
  mount(recordingPeaksRoutes(recorded));
  const listened = {
    access,
    lookup,
    guesses,
    audit: records.auditLog,
    revocation: callers.revocation,
    setTimer,
    now,
    tokens: store.tokens,
  };
  const rules = { keyed: checkKey !== undefined, publicOrigin, allowedOrigins };
  mount(listenRoutes({ ...listened, rules, isRevoked: isOver, listening: deps.listening }));
  mount(journalsRoutes({
    ...{ access, lookup, callStore: store.calls, journals: records.journals },
  }));
  mount(appointmentsRoutes({ access, agenda }));
  mount(erasureRoutes({ access, lookup, erasure: records.erasure, endCall }));
  mount(analyticsRoutes({ access, analytics: records.analytics, now }));
  mount(retentionRoutes({ access, analytics: records.analytics }));
  mount(eventsRoutes({
    setTimer,
    access,
    eventLog,
    findCall: lookup.known,
    now,
    revocation: callers.revocation,
  }));
  mount(knowledgeRoutes({
    ...{ access, agents, knowledge: deps.knowledge },
    searches: store.documentSearches,
    now,
  }));
  mount(webhooksRoutes({ access, outbox: store.outbox, webhooks }));
  mount(metricsRoutes({ access, metrics, guesses }));
  mount(auditRoutes({ access, audit: store.audit }));
  mount(meRoutes({ access }));
  mount(sessionsRoutes({ access, signIn: deps.signIn }));
  if (deps.signIn !== undefined && sessions !== undefined) {
    mount(signInRoutes({
      ...{ signIn: deps.signIn, sessions, audit: records.auditLog },
      ...{ publicOrigin, trustProxy, addressOf, now: monotonic, log },
    }));
  }
  mount(keyRevocationRoutes({ access, keys: apiKeys, revocation, liveCallsOf }));
  mount(openapiRoutes(router, checkKey !== undefined, sessions?.cookieName));
  // Hono builds its matcher for the first request, which may be a call that rings.
  router.router.match("GET", "/");
  return router;
}

/** A call that is resumed is opened a little later than it began, and its end can be asked for. */
const RESUME_TOKEN_MARGIN_MS = 10 * 60_000;

/** Not vital: calls go on while the store is away, and their records wait in memory. */
function checkStore({ recorder }: Records) {
  const health = recorder.health();
  if (health.status === "ok") return { ok: true, vital: false };
  return { ok: false, vital: false, detail: `${health.waiting} writes wait` };
}

/** Not vital: calls go on while nothing can be recorded. */
function checkRecording({ health }: Recordings) {
  if (health.status === "ok") return { ok: true, vital: false };
  return { ok: false, vital: false, detail: health.reason };
}

/** `/ready` says of an overload itself that it is one. */
function checkLoad({ overloaded, longestDelayMs }: Load) {
  if (!overloaded) return { ok: true, vital: false };
  return { ok: false, vital: false, detail: `${Math.round(longestDelayMs)} ms late` };
}
