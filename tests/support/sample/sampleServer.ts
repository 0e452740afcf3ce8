import { filesOnDisk } from "../../../src/config/agentFiles.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import { startRealtimeServer } from "../../../src/sim/openai/realtimeServer.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import { createAgentFolder } from "../agents/agentFolder.ts";
import { modelKey, voiceOf } from "../servers/phoneRig.ts";
import { apiKey, startPhoneServer, type TestServer } from "../servers/phoneServer.ts";
import { until } from "../until.ts";
import { FULL_CALL, writeFullRecording } from "./fullCall.ts";
import { sampleAgents } from "./sampleAgents.ts";
import { writeSampleCalls } from "./sampleCalls.ts";

const PUBLIC_KEY = "pk_0123456789abcdef";

/** A whole server with a week of calls behind it. */
export interface SampleServer extends AsyncDisposable {
  readonly server: TestServer;
  readonly origin: string;
  /** Of another page, which has the widget. */
  readonly embedOrigin: string;
  readonly batchId: string;
  /** Begins a call by phone, which goes on; resolves with its id when some of it has been said. */
  call(): Promise<string>;
}

const DAY = 24 * 60 * 60_000;

/** What it has behind it ends now: by the clock of the process, or by one that much ahead. */
export async function startSampleServer(
  { clockAheadMs = 0, voice = "tone" }: {
    readonly clockAheadMs?: number;
    /** Of the agents. */
    readonly voice?: "flite" | "tone";
  } = {},
): Promise<SampleServer> {
  await using opening = new AsyncDisposableStack();
  let widget = "";
  const host = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      new Response(salonPage(widget), { headers: { "content-type": "text/html; charset=utf-8" } }),
  );
  opening.defer(() => host.shutdown());
  const embedOrigin = `http://localhost:${host.addr.port}`;
  const folder = await Deno.makeTempDir({ prefix: "sample-" });
  opening.defer(() => Deno.remove(folder, { recursive: true }));
  const recordings = `${folder}/recordings`;
  await Deno.mkdir(recordings);
  writeFullRecording(recordings);
  const database = `${folder}/sample.db`;
  const store = await openStore({ kind: "sqlite", path: database }, { now: Date.now });
  await writeSample(store, Date.now() + clockAheadMs);
  await store.close();

  const agents = opening.use(await createAgentFolder(sampleAgents));
  let heard = 0;
  const realtime = startRealtimeServer({
    ...{ speed: 8, script: conversation(), voice },
    transcribe: () => CALLER[heard++ % CALLER.length],
  });
  opening.defer(realtime.close);
  const server = opening.use(
    await startPhoneServer({
      env: {
        ...{ OPENAI_API_KEY: modelKey, OPENAI_REALTIME_URL: realtime.url },
        API_KEYS: `ops:${apiKey};scopes=admin`,
        PUBLIC_KEYS: `site:${PUBLIC_KEY};origins=${embedOrigin};agents=receptionist`,
        ...{ DATABASE_URL: `sqlite:${database}`, ...agents.env, DEFAULT_AGENT: "receptionist" },
        ...{ RECORDINGS_DIR: recordings, RECORDING_MIN_FREE_MB: "0" },
        ...{ OUTBOUND_CONCURRENT: "2", IDLE_SECONDS: "3600" },
      },
      overrides: { agentFiles: filesOnDisk, clockAheadMs },
      network: {
        numbers: { [BUSY]: { answer: "busy" }, [FAILED]: { answer: "failed" } },
        otherNumbers: { answer: "human", afterMs: 600_000 },
      },
    }),
  );
  widget = server.origin;
  const batchId = await startBatch(server);
  const opened = opening.move();
  return {
    server,
    origin: server.origin,
    embedOrigin,
    batchId,
    async call() {
      heard = 0;
      const phone = server.network.call({ from: "+14155550167" });
      await phone.next("streamStarted");
      const callId = await until(
        () => server.app.registry.byCallSid(phone.sid)?.id ?? "",
        (id) => id !== "",
      );
      const lines = async () =>
        (await (await ask(server, `/api/calls/${callId}`)).json()).turns.filter(
          ({ final }: { final: boolean }) => final,
        ).length;
      await until(lines, (count) => count >= 1);
      for (let line = 0; line < CALLER.length; line++) {
        await phone.speak(voiceOf(1200));
        await until(lines, (count) => count >= 3 + 2 * line);
      }
      return callId;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const BUSY = "+14155550131";
const FAILED = "+14155550132";

const CALLER = [
  "Good morning, can I move my appointment?",
  "It is on Thursday, at eleven.",
  "Friday at two, please.",
] as const;

const AGENT = [
  "Good day, Salon Miller. How can I help you?",
  "Gladly. When is it now?",
  "Thank you, I have found it. Friday at nine is free, and so is Friday at two.",
  "I have moved it to Friday at two. See you then.",
] as const;

const LOOK = {
  name: "find_slots",
  arguments: JSON.stringify({ service: "haircut", when: "Friday" }),
};

/** Says the next line each time, with a look into the calendar, and any text that it is asked to say. */
function conversation(): Script {
  return ({ request, history, cause, tools }) => {
    const exact = request === undefined ? undefined : /: "([\s\S]+)"$/.exec(request)?.[1];
    if (exact !== undefined) return { say: exact };
    // Not by the answers before: a greeting that is kept as audio is none of them.
    const said = history.filter(({ item }) => item.type === "message" && item.role === "user");
    const isSilence = cause.type === "asked" && said.length > 0;
    const isLooking = said.length === 2 && cause.type !== "toolOutputs" && !isSilence;
    if (isLooking && tools.some(({ name }) => name === LOOK.name)) {
      // What the caller said is known before.
      return { tools: [LOOK], delayMs: 400 };
    }
    const line = isSilence ? undefined : AGENT[said.length];
    return { say: line ?? "Are you still there?" };
  };
}

async function writeSample(store: Store, now: number): Promise<void> {
  await writeSampleCalls(store, now);
  await analyse(store, now);
  const morning = now - now % DAY + 9 * 60 * 60_000;
  for (const [at, [name, service, days, minutes, length]] of APPOINTMENTS.entries()) {
    const startsAt = morning + days * DAY + minutes * 60_000;
    await store.calendar.book(
      {
        ...{
          id: `apt_sample${at}`,
          calendar: "salon",
          service,
          name,
          phone: `+141555501${40 + at}`,
        },
        ...{ startsAt, endsAt: startsAt + length * 60_000 },
        ...(at === 0 && { callId: FULL_CALL, note: "Asked for parking" }),
      },
      { capacity: 1, maxOfCall: 3, now },
    );
  }
  await store.doNotCall.add({
    number: "+14155550177",
    addedAt: now - 2 * DAY,
    addedBy: "reminder",
    words: "Please take me off your list.",
    reason: "asked during a call",
  });
  await store.doNotCall.add({
    number: "+14155550178",
    addedAt: now - 9 * DAY,
    addedBy: "ops",
    reason: "asked by letter",
  });
}

const APPOINTMENTS = [
  ["Ada Lovelace", "haircut", 1, 60, 30],
  ["Grace Hopper", "colour", 1, 150, 90],
  ["Mary Somerville", "haircut", 2, 0, 30],
  ["Emmy Noether", "haircut", 2, 300, 30],
] as const;

async function analyse(store: Store, now: number): Promise<void> {
  await store.analyses.enqueue(FULL_CALL, now);
  const [claim] = await store.analyses.claim(now, { limit: 1, leaseMs: 60_000 });
  if (claim === undefined) throw new Error("Cannot analyse: no call is waiting");
  await store.analyses.finish(
    claim,
    {
      state: "done",
      counted: new Set(["topic"]),
      result: {
        summary: "Ada Lovelace booked a haircut for the next day at ten, and asked about parking.",
        fields: {
          topic: { value: "booking", turnId: "item_1", atMs: 4_700 },
          name: { value: "Ada Lovelace", turnId: "item_5", atMs: 21_000 },
        },
        success: {
          read_back: {
            result: "pass",
            reason: "It said tomorrow at ten o'clock.",
            turnId: "item_6",
            atMs: 24_600,
          },
          solved: { result: "pass", reason: "She has an appointment, and knows where to park." },
        },
        passed: true,
      },
    },
    { now, spent: { model: "gpt-5-mini", inputTokens: 900, outputTokens: 120, usd: 0.001 } },
  );
  await store.analyses.markTold(claim);
}

/** Of some numbers two are not reached, two ring, and the others wait. */
async function startBatch(server: TestServer): Promise<string> {
  const numbers = [BUSY, FAILED, ...[3, 4, 5, 6, 7, 8].map((last) => `+1415555013${last}`)];
  const answer = await server.post("/api/outbound/batches", {
    name: "Reminders for Thursday",
    agent: "reminder",
    atOnce: 2,
    calls: numbers.map((to, at) => ({ to, variables: { name: NAMES[at] ?? "" } })),
  });
  const { batchId } = await answer.json();
  if (typeof batchId !== "string") throw new Error("Cannot begin a batch");
  return batchId;
}

/** A page of the salon's own, with the widget of the server. */
function salonPage(origin: string): string {
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark"><title>Salon Miller</title>
    <body style="font: 1rem/1.5 system-ui; margin: 2rem"><main><h1>Salon Miller</h1>
    <p>Open from Monday to Saturday, nine to six.</p></main>
    <script type="module" src="${origin}/embed.js"></script>
    <voice-agent key="${PUBLIC_KEY}" agent="receptionist"></voice-agent>`;
}

const NAMES = ["Ann", "Bob", "Cy", "Di", "Ed", "Fay", "Gil", "Hal"];

function ask(server: TestServer, path: string): Promise<Response> {
  return server.request(path, { headers: { Authorization: `Bearer ${apiKey}` } });
}
