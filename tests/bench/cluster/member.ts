/**
 * One process of several on a Postgres: live events go through the hub, the log, the bus and the HTTP route
 * of the server. A second hub beside it has a bus that reaches nobody: what the cluster costs is the
 * difference. Usage: `member.ts DATABASE_URL KEY TRACE_FILE`; prints its port.
 */
import process from "node:process";
import { createAccess, createKeyCheck } from "../../../src/routes/middleware/access.ts";
import { createGuessGuard } from "../../../src/routes/middleware/guessGuard.ts";
import { eventsRoutes } from "../../../src/routes/events.ts";
import { writeServerSentEvent } from "../../../src/routes/eventStream.ts";
import { createLoneBus, type InstanceBus } from "../../../src/services/cluster/bus.ts";
import { openEventLog } from "../../../src/services/cluster/openEventLog.ts";
import { openPostgresBus } from "../../../src/services/cluster/postgresBus.ts";
import { createEventHub, type EventHub } from "../../../src/services/events/eventHub.ts";
import { createAuthenticator, parseApiKeys } from "../../../src/utils/auth.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { newId } from "../../../src/utils/ids.ts";
import { plainRouter } from "../../support/servers/plainRouter.ts";
import { callIdOf } from "./callNames.ts";
import type { Capture } from "./captureConversation.ts";
import type { Slice, SlicePlan } from "./startMember.ts";

const [url = "", key = "", traceFile = ""] = Deno.args;
const STEP_MS = 5;
const trace: Capture = JSON.parse(await Deno.readTextFile(traceFile));
const instanceId = newId("inst");
let warnings = 0;
const log = { warn: () => void warnings++ };

const shared = open(await openPostgresBus(url, { instanceId, log }));
const lone = open(createLoneBus(instanceId));
let loops = 0;

const server = Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(port),
}, async (request) => {
  if (new URL(request.url).pathname !== "/slice") {
    return router.fetch(request, { remoteAddress: "127.0.0.1" });
  }
  return Response.json(await run(await request.json()));
});
const router = serveEvents();
await server.finished;

function open(bus: InstanceBus) {
  const hub = createEventHub(Date.now);
  const registry = { get: () => undefined };
  const write = writeServerSentEvent;
  const eventLog = openEventLog({ events: hub, registry, cluster: { bus }, write, setTimer, log });
  return { hub, eventLog };
}

function serveEvents() {
  const where = { addressOf: () => "", now: () => 0 };
  const guesses = createGuessGuard({ ...where, log });
  const authenticate = createAuthenticator(parseApiKeys(`bench:${key};scopes=admin`));
  const checkKey = createKeyCheck({ authenticate, isRevoked: () => false });
  const access = createAccess({
    audit: { note() {} },
    allowedOrigins: [],
    checkKey,
    guesses,
    ...where,
  });
  return plainRouter((router) =>
    router.route(
      "/",
      eventsRoutes({
        setTimer,
        access,
        eventLog: shared.eventLog,
        findCall: () => Promise.resolve(undefined),
        now: Date.now,
        revocation: { onRevoked() {}, isOver: () => false },
      }),
    )
  );
}

async function run({ seconds, speed, through }: SlicePlan): Promise<Slice> {
  const before = process.cpuUsage();
  const warned = warnings;
  const counts = { published: 0, lasting: 0 };
  if (through === "none") await pause(seconds * 1000);
  else await replay(through === "shared" ? shared.hub : lone.hub, { seconds, speed }, counts);
  const { user, system } = process.cpuUsage(before);
  return { ...counts, instanceId, cpuMs: (user + system) / 1000, warnings: warnings - warned };
}

/** As recorded, `speed` times as fast, over and over; each time as other calls. */
async function replay(
  hub: EventHub,
  { seconds, speed }: Pick<SlicePlan, "seconds" | "speed">,
  counts: { published: number; lasting: number },
): Promise<void> {
  const startedAt = performance.now();
  let [next, loop, loopStartMs] = [0, ++loops, 0];
  for (;;) {
    const elapsedMs = performance.now() - startedAt;
    const reachedMs = Math.min(elapsedMs, seconds * 1000) * speed;
    while (trace.events[next]!.atMs + loopStartMs < reachedMs) {
      const { call, event } = trace.events[next]!;
      hub.publish(callIdOf(instanceId, `${loop}_${call}`), event);
      counts.published++;
      if (event.type !== "turn" || event.turn.final) counts.lasting++;
      if (++next < trace.events.length) continue;
      [next, loop, loopStartMs] = [0, ++loops, loopStartMs + trace.seconds * 1000];
    }
    if (elapsedMs >= seconds * 1000) return;
    await pause(STEP_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
