/**
 * Measures live events: `deno run -A tests/bench/events.ts [events a second] [readers] [seconds]`.
 *
 * A server of its own process publishes events; readers read them over HTTP, and one of them stops
 * reading. Printed are what arrived, how late, what the one that stopped got, and the memory.
 */
import { setTimer } from "../../src/utils/clock.ts";
import { createGuessGuard } from "../../src/routes/middleware/guessGuard.ts";
import { createAccess } from "../../src/routes/middleware/access.ts";
import { eventsRoutes } from "../../src/routes/events.ts";
import { writeServerSentEvent } from "../../src/routes/eventStream.ts";
import { createEventLog } from "../../src/services/events/eventLog.ts";
import { createEventHub } from "../../src/services/events/eventHub.ts";
import { EventReader } from "../support/eventReader.ts";
import { plainRouter } from "../support/servers/plainRouter.ts";
import { turn } from "../support/store/storedCalls.ts";

const [perSecond = 1000, readerCount = 50, seconds = 60] = Deno.args.map(Number);

if (import.meta.main) await main();

async function main(): Promise<void> {
  const hub = createEventHub(Date.now);
  const log = createEventLog(hub, {
    origin: "run1",
    keyOf: () => undefined,
    write: writeServerSentEvent,
  });
  const server = serve(log);
  const address = `http://127.0.0.1:${server.addr.port}/api/events`;
  const stuck = new EventReader(await fetch(address));
  const readers = await Promise.all(
    Array.from({ length: readerCount - 1 }, async () => new EventReader(await fetch(address))),
  );
  const before = memory();
  const reading = readers.map(readAll);
  const { slowestMs, cpuShare, halfway } = await publish(hub);
  const after = memory();
  const published = perSecond * seconds;
  const told = await tellOfStuck(stuck, published);
  log.close();
  const read = await Promise.all(reading);
  const latenciesMs = read.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)];
  console.log(`events          ${published} in ${seconds} s to ${readerCount} readers, one stuck`);
  console.log(`arrived         ${Math.min(...read.map(({ events }) => events))} at each reader`);
  console.log(`late            p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.9999)} ms`);
  console.log(
    `publishing      slowest ${slowestMs.toFixed(2)} ms, CPU ${
      cpuShare.toFixed(0)
    } % of one core, readers included`,
  );
  console.log(`memory          ${before} MB before, ${halfway} MB halfway, ${after} MB at the end`);
  console.log(`the stuck one   ${told}`);
  await server.shutdown();
}

function serve(eventLog: Parameters<typeof eventsRoutes>[0]["eventLog"]) {
  const where = { addressOf: () => "", now: () => 0 };
  const guesses = createGuessGuard({ ...where, log: { warn() {} } });
  const access = createAccess({ audit: { note() {} }, allowedOrigins: [], guesses, ...where });
  const router = plainRouter((router) =>
    router.route(
      "/",
      eventsRoutes({
        setTimer,
        access,
        eventLog,
        findCall: () => Promise.resolve(undefined),
        now: Date.now,
        revocation: { onRevoked() {}, isOver: () => false },
      }),
    )
  );
  return Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => router.fetch(request, { remoteAddress: "127.0.0.1" }),
  );
}

/** Publishes at an even pace; a call would notice what a single publication costs. */
async function publish(
  hub: ReturnType<typeof createEventHub>,
): Promise<{ readonly slowestMs: number; readonly cpuShare: number; readonly halfway: number }> {
  const begun = performance.now();
  const cpuBefore = cpuSeconds();
  let [slowestMs, halfway] = [0, 0];
  for (let published = 0; published < perSecond * seconds;) {
    const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1000) * perSecond);
    for (; published < due; published++) {
      const before = performance.now();
      hub.publish("call_01k9x2m3p4q5r6s7t8v9w0x1y2", {
        type: "turn",
        turn: turn({
          id: `item_${published}`,
          position: published,
          text: "I would like to move my appointment to next Tuesday, if that is possible at all.",
          startedMs: published,
        }),
      });
      if (published === (perSecond * seconds) / 2) halfway = memory();
      slowestMs = Math.max(slowestMs, performance.now() - before);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const elapsed = (performance.now() - begun) / 1000;
  return { slowestMs, cpuShare: ((cpuSeconds() - cpuBefore) / elapsed) * 100, halfway };
}

async function readAll(reader: EventReader) {
  const latenciesMs: number[] = [];
  let events = 0;
  for (let event = await reader.next(); event !== undefined; event = await reader.next()) {
    if (event.name !== "turn") continue;
    if (events++ % 20 === 0) latenciesMs.push(Date.now() - Date.parse(JSON.parse(event.data).at));
  }
  return { events, latenciesMs };
}

async function tellOfStuck(reader: EventReader, published: number): Promise<string> {
  let [turns, missed] = [0, 0];
  for (let event = await reader.next(); event !== undefined; event = await reader.next()) {
    if (event.name === "turn") turns++;
    if (event.name === "missed") missed++;
    if (event.id === `run1-${published}`) break;
  }
  return `read ${turns} of ${published} in the end, and was told ${missed} times that it had missed some`;
}

function memory(): number {
  return Math.round(Deno.memoryUsage().rss / 2 ** 20);
}

function cpuSeconds(): number {
  const [, , , , , , , , , , , , , user = "0", system = "0"] = Deno.readTextFileSync(
    "/proc/self/stat",
  ).split(" ");
  return (Number(user) + Number(system)) / 100;
}
