import { readAgent } from "../../../src/config/agents.ts";
import {
  createAccess,
  createKeyCheck,
  type RequireScope,
} from "../../../src/routes/middleware/access.ts";
import { agentsRoutes } from "../../../src/routes/agents.ts";
import { retentionRoutes } from "../../../src/routes/retention.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import { analyticsRoutes } from "../../../src/routes/analytics.ts";
import { callSearchRoutes } from "../../../src/routes/callSearch.ts";
import { callTableRoutes } from "../../../src/routes/callTable.ts";
import { callTagsRoutes } from "../../../src/routes/callTags.ts";
import { callsRoutes } from "../../../src/routes/calls.ts";
import { meRoutes } from "../../../src/routes/me.ts";
import { erasureRoutes } from "../../../src/routes/erasure.ts";
import { eventsRoutes } from "../../../src/routes/events.ts";
import { writeServerSentEvent } from "../../../src/routes/eventStream.ts";
import { createGuessGuard } from "../../../src/routes/middleware/guessGuard.ts";
import type { Router } from "../../../src/routes/baseRouter.ts";
import { createAgentCatalog } from "../../../src/services/agents/agentCatalog.ts";
import { type AgentEntry, LiveAgents } from "../../../src/services/agents/liveAgents.ts";
import type { AuditLog } from "../../../src/services/records/auditLog.ts";
import { openAnalytics } from "../../../src/services/records/openAnalytics.ts";
import { createCallActions } from "../../../src/services/calls/callActions.ts";
import { createCallLookup } from "../../../src/services/calls/callLookup.ts";
import { createCrossProcessControl } from "../../../src/services/calls/crossProcessControl.ts";
import { createEndCall } from "../../../src/services/calls/callEnding.ts";
import { createEventLog, type EventLog } from "../../../src/services/events/eventLog.ts";
import { createEventHub, type EventHub } from "../../../src/services/events/eventHub.ts";
import { createCostSoFar } from "../../../src/services/records/costSoFar.ts";
import { createCallErasure } from "../../../src/services/records/callErasure.ts";
import { createLoneBus } from "../../../src/services/cluster/bus.ts";
import { createInstanceRpc } from "../../../src/services/cluster/rpc.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import type { CallEnding, NewCall } from "../../../src/services/store/calls/callRecord.ts";
import { type ApiKey, createAuthenticator, parseApiKeys } from "../../../src/utils/auth.ts";
import { createTableStreams } from "../../../src/routes/tableStreams.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { plainRouter } from "./plainRouter.ts";
import type { RecordingSession } from "../call/recordingSession.ts";
import { ended, opened } from "../store/storedCalls.ts";
import { noRecordings } from "../noRecordings.ts";

export const ALICE = "alice-secret-0123456789";
export const BOB = "bob-secret-0123456789";
export const ADMIN = "admin-secret-0123456789";
export const READER = "reader-secret-0123456789";
export const SCRAPER = "scraper-secret-0123456789";
/** Expires a day after the tests' usual time. */
export const GUEST = "guest-secret-0123456789";
export const EXPIRED = "expired-secret-0123456789";

/** A number that may not be dialled. */
export const BARRED = "+19005550123";

const keys = [
  `alice:${ALICE}`,
  `bob:${BOB}`,
  `admin:${ADMIN};scopes=admin`,
  `reader:${READER};scopes=calls:read`,
  `scraper:${SCRAPER};scopes=metrics`,
  `old:${EXPIRED};scopes=admin;expires=2020-01-01`,
  `guest:${GUEST};expires=2027-01-02`,
].join(",");

export interface ApiServer {
  readonly router: Router;
  readonly store: Store;
  readonly events: EventHub;
  readonly log: EventLog;
  readonly live: Map<string, RecordingSession>;
  /** Names of keys. */
  readonly revoked: Set<string>;
  /** Asks with the secret of a key, if one is given. */
  ask(path: string, secret?: string, init?: RequestInit): Promise<Response>;
  /** Writes a call into the store; `ending` makes it an ended one. */
  remember(call: Partial<NewCall> & { readonly id: string }, ending?: Partial<CallEnding>): Promise<
    void
  >;
}

export interface ApiServerOptions {
  readonly keyed?: boolean;
  readonly agents?: readonly AgentEntry[];
  /** Adds routes of the test's own choice. */
  readonly mount?: (
    router: Router,
    server: Pick<ApiServer, "store" | "events"> & { readonly access: RequireScope },
  ) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly maxStreamsPerKey?: number;
  readonly heartbeatMs?: number;
  /** Of keys' expiry, in milliseconds since 1970. */
  readonly wallClock?: () => number;
  readonly maxEvents?: number;
  readonly onAudit?: AuditLog["note"];
}

/** Runs a test against the API over a real store in memory, with calls that only record. */
export async function withApi(
  options: ApiServerOptions,
  run: (server: ApiServer) => Promise<void>,
): Promise<void> {
  const {
    keyed = true,
    agents = [],
    mount,
    maxEvents,
    now = () => Date.UTC(2027, 0, 1),
    ...streams
  } = options;
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const live = new Map<string, RecordingSession>();
  const revoked = new Set<string>();
  const listeners: ((key: ApiKey) => void)[] = [];
  const events = createEventHub(now);
  const log = createEventLog(events, {
    origin: "run1",
    keyOf: (callId) => live.get(callId)?.request.keyName,
    write: writeServerSentEvent,
    gatherMs: 0,
    ...(maxEvents !== undefined && { maxEvents }),
  });
  const revocation = {
    onRevoked: (hear: (key: { readonly name: string }) => void) => void listeners.push(hear),
    isOver: (name: string) => revoked.has(name),
  };
  const addressOf = () => "127.0.0.1";
  const access = createAccess({
    audit: { note: (entry) => options.onAudit?.(entry) },
    guesses: createGuessGuard({ addressOf, now: () => 0, log: { warn() {} } }),
    ...(keyed && {
      checkKey: createKeyCheck({
        authenticate: createAuthenticator(parseApiKeys(keys)),
        isRevoked: ({ name }) => revoked.has(name),
        ...(options.wallClock !== undefined && { wallClock: options.wallClock }),
      }),
    }),
    allowedOrigins: [],
    now: () => 0,
  });
  const receptionist = readAgent(
    "receptionist",
    '---\ntitle: Desk\ntransfers: { sales: { number: "+14155550199" } }\n---\nHelp.',
  );
  const router = plainRouter((router) => {
    const control = createCrossProcessControl({
      instanceId: "test",
      endUnheld: () => Promise.resolve(false),
      act: createCallActions({
        registry: { get: (id) => live.get(id) },
        agents: {
          ofCall: ({ agent }) =>
            agent === "receptionist" && receptionist.ok ? receptionist.agent : undefined,
        },
        transfers: {
          refusalOf: () => Promise.resolve(undefined),
          refusalOfNumber: (number) =>
            Promise.resolve(
              number === BARRED ? { code: "number_not_allowed", sentence: "" } : undefined,
            ),
        },
      }),
      rpc: createInstanceRpc({
        bus: createLoneBus("test"),
        setTimer: () => () => {},
        log: { warn() {} },
      }),
    });
    const { calls: callStore } = store;
    const erasure = createCallErasure({
      ...{ erasure: store.erasure, bus: createLoneBus("test"), now, log: { warn() {} } },
      flush: () => Promise.resolve(),
      journals: undefined,
      recordings: noRecordings,
      eraseEvents: log.erase,
    });
    const lookup = createCallLookup({
      registry: { get: (id) => live.get(id) },
      callStore,
      recorder: { holds: () => false, flush: () => Promise.resolve() },
      instanceId: "test",
      setTimer,
    });
    const ofAgent = (name: string) =>
      name === "receptionist" && receptionist.ok ? receptionist.agent : undefined;
    const agenda = store.calendar;
    const costSoFarOf = createCostSoFar({ prices: listPrices, now });
    const found = { access, callStore, costSoFarOf };
    const around = { ...found, agenda, agents: { get: ofAgent }, lookup, control };
    router.route("/", meRoutes({ access }));
    router.route("/", callsRoutes(around));
    router.route("/", callTagsRoutes({ access, lookup, callTags: store.callTags }));
    const sendTable = createTableStreams({
      setTimer,
      revocation,
    });
    router.route(
      "/",
      callTableRoutes({ access, callStore, callTable: store.callTable, sendTable }),
    );
    router.route("/", callSearchRoutes({ ...found, words: store.words }));
    const endCall = createEndCall({ control });
    router.route("/", erasureRoutes({ access, lookup, erasure, endCall }));
    // What was summed up is never kept: tests write to the store behind the server's back.
    let ms = 0;
    const monotonic = () => ms += 10_000;
    const analytics = openAnalytics({ calls: callStore, prices: listPrices, now, monotonic });
    router.route("/", analyticsRoutes({ access, analytics, now }));
    router.route("/", retentionRoutes({ access, analytics }));
    router.route(
      "/",
      eventsRoutes({
        access,
        eventLog: log,
        now,
        setTimer,
        revocation,
        findCall: lookup.known,
        ...streams,
      }),
    );
    const catalog = createAgentCatalog({
      live: new LiveAgents(agents),
      dir: "agents",
      files: { list: () => Promise.resolve([]), text: () => Promise.resolve("") },
      store: store.agentVersions,
      look: () => Promise.resolve(),
    });
    router.route("/", agentsRoutes({ access, catalog, defaultAgent: "receptionist", now }));
    mount?.(router, { store, events, access });
  });
  const server: ApiServer = {
    router,
    store,
    events,
    log,
    live,
    revoked,
    async ask(path, secret, init = {}) {
      const headers = new Headers(init.headers);
      if (secret !== undefined) headers.set("authorization", `Bearer ${secret}`);
      return await router.request(`http://localhost:8000${path}`, { ...init, headers }, {
        remoteAddress: "127.0.0.1",
      });
    },
    async remember(call, ending) {
      const startedAt = call.startedAt ?? Date.UTC(2027, 0, 1);
      const defaults = { direction: "outbound", startedAt, instanceId: "test" } as const;
      await store.calls.write([opened({ ...defaults, ...call })]);
      if (ending === undefined) return;
      const parts = { text: 0, audio: 0.02, transcription: 0, telephony: null };
      const cost = { usd: 0.02, parts };
      await store.calls.write([ended(call.id, { endedAt: startedAt + 60_000, cost, ...ending })]);
    },
  };
  try {
    await run(server);
  } finally {
    log.close();
    await store.close();
  }
}
