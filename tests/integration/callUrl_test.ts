import assert from "node:assert/strict";
import type { AppOverrides } from "../../src/app.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  type Asked,
  type CallUrlServer,
  startCallUrlServer,
} from "../support/servers/callUrlServer.ts";
import {
  instructionsOf,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  startPhoneRig,
} from "../support/servers/phoneRig.ts";
import { agentsOf, get } from "../support/twilio/dialling.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { until } from "../support/until.ts";

// deno-lint-ignore no-explicit-any -- tests read what they expect
type Seen = any;

const agents: AppOverrides = {
  agentFiles: agentsOf({
    receptionist: "---\ntitle: Desk\ngreeting: Good day.\n---\nHelp as desk.",
    vip:
      "---\ntitle: Vip\ngreeting: Hello {{name}}.\nvoice: cedar\n---\nHelp {{name}} as vip, who owes {{owed}}.",
    shop: "---\ntitle: Shop\nhours: { open: {} }\n---\nHelp as shop.",
  }),
};

async function start(
  endpoint: CallUrlServer,
  { env, ...options }: PhoneRigOptions = {},
): Promise<PhoneRig> {
  return await startPhoneRig({
    overrides: agents,
    ...options,
    env: { ...endpoint.env, CALL_TIMEOUT_MS: "10000", ...env },
  });
}

/** The newest record, once the call has ended. */
async function lastRecord({ server }: PhoneRig): Promise<Seen> {
  const { calls }: Seen = await until(
    () => get(server, "/api/calls") as Promise<Seen>,
    ({ calls }) => calls[0]?.status === "ended",
  );
  return calls[0];
}

async function metricOf({ server }: PhoneRig, result: string): Promise<number> {
  const text = await (await server.request("/metrics", {
    headers: { "X-API-Key": apiKey },
  })).text();
  const value = new RegExp(`^parley_precall_total\\{result="${result}"\\} (\\d+)$`, "m").exec(text);
  return Number(value?.[1]);
}

async function incidentsOf({ server }: PhoneRig): Promise<readonly string[]> {
  const health: Seen = await (await server.request("/health")).json();
  return health.incidents.map(({ code }: Seen) => code);
}

Deno.test("CALL_URL chooses the agent and what it is told, and its metadata stay with the record", async () => {
  await using endpoint = startCallUrlServer(() =>
    Response.json({
      agent: "vip",
      variables: { name: "Ann", owed: 12.5 },
      context: "She called yesterday.",
      metadata: { crm: "42" },
    })
  );
  await using rig = await start(endpoint);
  const phone = rig.server.network.call({
    from: "+12025550123",
    stirVerstat: "TN-Validation-Passed-A",
    params: {
      CallerName: "ANN EXAMPLE",
      ForwardedFrom: "+14155550177",
      FromCity: "BOSTON",
      "SipHeader_X-Account": "7",
    },
  });
  const { body, headers } = await endpoint.asked.take();
  assert.match(headers.get("webhook-id") ?? "", /^precall_call_/);
  const { callId, at, ...question } = body;
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
  assert.deepEqual(question, {
    type: "call.incoming",
    direction: "inbound",
    from: "+12025550123",
    to: "+14155550100",
    agent: "receptionist",
    open: true,
    callerName: "ANN EXAMPLE",
    forwardedFrom: "+14155550177",
    city: "BOSTON",
    state: null,
    country: "US",
    stir: "TN-Validation-Passed-A",
    sipHeaders: { "X-Account": "7" },
  });
  const instructions = await instructionsOf(await rig.realtime.nextSession());
  assert.match(instructions, /Help Ann as vip, who owes 12\.5\./);
  assert.match(instructions, /She called yesterday\./);
  await published(rig, callId, "turn", ({ turn }) => turn.text === "Hello Ann.");
  phone.hangUp();
  const { id, agent, metadata, precall } = await lastRecord(rig);
  assert.deepEqual([id, agent, metadata], [callId, "vip", { crm: "42" }]);
  assert.deepEqual(precall, { status: "ok", problems: [] });
  assert.equal(await metricOf(rig, "ok"), 1);
});

Deno.test("CALL_URL opens a closed agent that it names, and closes nothing else", async () => {
  await using endpoint = startCallUrlServer(() => Response.json({ agent: "shop" }));
  await using rig = await start(endpoint);
  rig.server.network.call();
  assert.match(await instructionsOf(await rig.realtime.nextSession()), /Help as shop/);
});

Deno.test("CALL_URL refuses a call, as busy or with a sentence", async () => {
  await using endpoint = startCallUrlServer(() => Response.json({ refuse: true }));
  await using rig = await start(endpoint);
  const busy = rig.server.network.call();
  assert.equal((await busy.ended).status, "busy");
  const record = await lastRecord(rig);
  assert.deepEqual([record.end, record.answeredAt], [
    { reason: "refused", detail: "call_url" },
    null,
  ]);
  endpoint.answer(() =>
    Response.json({ language: "de", refuse: { sentence: "Bitte rufen Sie morgen an." } })
  );
  const told = await rig.server.network.call().next("said");
  assert.deepEqual([told.text, told.language], ["Bitte rufen Sie morgen an.", "de-DE"]);
  assert.equal(await metricOf(rig, "refused"), 2);
  assert.equal(rig.realtime.stats.connections, 0);
});

Deno.test("a call goes by the agents' files where CALL_URL fails, which is counted and shown", async (t) => {
  let redirected = 0;
  const faults: readonly [string, (asked: Asked) => Response, string][] = [
    ["answers HTML", () => new Response("<html>login</html>"), "bad_answer"],
    ["answers 5 MB", () => new Response('{"agent":"vip"}'.padEnd(5_000_000, " ")), "bad_answer"],
    ["answers 500", () => new Response("{}", { status: 500 }), "bad_status"],
    [
      "redirects",
      () =>
        redirected++ === 0
          ? new Response(null, { status: 307, headers: { location: "/elsewhere" } })
          : Response.json({ agent: "vip" }),
      "bad_status",
    ],
    ["answers a list", () => Response.json(["vip"]), "problems"],
    ["names no agent", () => Response.json({ agent: "nobody", colour: "red" }), "problems"],
  ];
  await concurrently(
    t,
    Object.fromEntries(faults.map(([name, reply, result]) => [name, async () => {
      await using endpoint = startCallUrlServer(reply);
      await using rig = await start(endpoint);
      const phone = rig.server.network.call();
      assert.match(await instructionsOf(await rig.realtime.nextSession()), /Help as desk/);
      await phone.next("streamStarted");
      phone.hangUp();
      const { precall } = await lastRecord(rig);
      assert.equal(precall.status, result);
      assert.notDeepEqual(precall.problems, []);
      assert.ok(!JSON.stringify(precall).includes("nobody"), "no value is kept");
      assert.equal(await metricOf(rig, result), 1);
      const isFailing = result !== "problems";
      assert.equal((await incidentsOf(rig)).includes("call_url_failing"), isFailing);
      endpoint.answer(() => Response.json({}));
      await (await rig.server.post("/api/routing/test", {})).body?.cancel();
      rig.server.network.call();
      await rig.realtime.nextSession();
      assert.ok(!(await incidentsOf(rig)).includes("call_url_failing"), "it is over");
    }])),
  );
});

Deno.test("where nobody listens at CALL_URL the call begins at once", async () => {
  const endpoint = startCallUrlServer();
  await endpoint[Symbol.asyncDispose]();
  await using rig = await start(endpoint);
  rig.server.network.call();
  assert.match(await instructionsOf(await rig.realtime.nextSession()), /Help as desk/);
  assert.equal(await metricOf(rig, "unreachable"), 1);
});

Deno.test("no call waits longer than CALL_TIMEOUT_MS, and the context of a late answer reaches the agent", async () => {
  const late = Promise.withResolvers<Response>();
  await using endpoint = startCallUrlServer(() => late.promise);
  await using rig = await start(endpoint, { env: { CALL_TIMEOUT_MS: "100" } });
  const phone = rig.server.network.call();
  const { body: { callId } } = await endpoint.asked.take();
  const model = await rig.realtime.nextSession();
  assert.match(await instructionsOf(model), /Help as desk/);
  await published(rig, callId, "turn", ({ turn }) => turn.final && turn.text === "Good day.");
  assert.ok((await incidentsOf(rig)).includes("call_url_failing"));
  late.resolve(Response.json({ agent: "vip", context: "Her order is on its way." }));
  await until(
    () => JSON.stringify(model.conversation),
    (items) => items.includes("Her order is on its way."),
  );
  phone.hangUp();
  const { agent, precall } = await lastRecord(rig);
  assert.deepEqual([agent, precall], ["receptionist", { status: "late", problems: [] }]);
});

Deno.test("an endpoint that hangs, in its answer's body too, holds nothing up when the server stops", async () => {
  await using endpoint = startCallUrlServer(() =>
    new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([123])) }))
  );
  await using rig = await start(endpoint, { env: { CALL_TIMEOUT_MS: "100" } });
  rig.server.network.call();
  await rig.realtime.nextSession();
  assert.equal(await metricOf(rig, "late"), 1);
});

Deno.test("the greeting is as soon after the stream's start as without CALL_URL", async () => {
  /** What happens in which order until the stream has started. */
  async function order(rig: PhoneRig, whileRinging: (log: string[]) => Promise<void>) {
    const log: string[] = [];
    const seen = rig.server.app.events.subscribe(
      ({ event }) => event.type === "started",
      () => void log.push("session opens"),
    );
    const phone = rig.server.network.call();
    const over = phone.watch(({ type }) => {
      if (type === "twiml" || type === "streamStarted") log.push(type);
    });
    await whileRinging(log);
    await phone.next("streamStarted");
    over();
    seen.close();
    return log;
  }
  await using plain = await startPhoneRig({ overrides: agents });
  const without = await order(plain, () => Promise.resolve());
  assert.deepEqual(without, ["session opens", "twiml", "streamStarted"]);

  const held = Promise.withResolvers<Response>();
  await using endpoint = startCallUrlServer(() => held.promise);
  await using rig = await start(endpoint);
  const withIt = await order(rig, async (log) => {
    await endpoint.asked.take();
    log.push("asked");
    held.resolve(Response.json({ agent: "vip" }));
  });
  // The question costs ringing alone: the model connects before Twilio is told to open the stream.
  assert.deepEqual(withIt, ["asked", ...without]);
});

Deno.test("the language that CALL_URL gives is that of transcription, dates and the fallback", async () => {
  await using endpoint = startCallUrlServer(() => Response.json({ language: "de" }));
  await using rig = await start(endpoint, {
    overrides: {
      agentFiles: agentsOf({
        receptionist:
          "---\ntitle: Desk\nphone_voice: Polly.Joanna\napology: So sorry.\n---\nIt is {{date}}.",
      }),
    },
  });
  const phone = rig.server.network.call();
  const model = await rig.realtime.nextSession();
  const months = Array.from(
    { length: 12 },
    (_, month) => new Intl.DateTimeFormat("de", { month: "long" }).format(new Date(2026, month, 2)),
  );
  assert.match(await instructionsOf(model), new RegExp(`It is .*\\. (${months.join("|")}) `));
  assert.match(JSON.stringify(model.config), /"language":"de"/);
  await phone.next("streamStarted");
  rig.realtime.fail("insufficientQuota");
  model.close?.();
  rig.server.app.registry.byCallSid(phone.sid)?.input({
    type: "hangUp",
    end: { reason: "model_failed" },
  });
  const said = await phone.next("said");
  assert.deepEqual([said.language, /technisches Problem/.test(said.text)], ["de-DE", true]);
});

Deno.test("calls that are placed and calls of browsers are asked about where that is wanted", async () => {
  await using endpoint = startCallUrlServer(({ body: { direction } }) =>
    Response.json({ agent: "vip", variables: { name: direction }, metadata: { via: direction } })
  );
  await using rig = await start(endpoint, { env: { CALL_URL_DIRECTIONS: "outbound,web" } });
  const { server } = rig;
  const placed: Seen = await (await server.post("/api/outbound/initiate", {
    to: "+14155550123",
    variables: { owed: "nothing", name: "x" },
  })).json();
  const { body } = await endpoint.asked.take();
  assert.deepEqual([body.callId, body.from, body.to], [
    placed.callId,
    "+14155550100",
    "+14155550123",
  ]);
  assert.match(
    await instructionsOf(await rig.realtime.nextSession()),
    /Help outbound as vip, who owes nothing\./,
  );
  const { agent, metadata } = await get(server, `/api/calls/${placed.callId}`);
  assert.deepEqual([agent, metadata], ["vip", { via: "outbound" }]);

  const session: Seen = await (await server.post("/api/web/session", {})).json();
  const asked = await endpoint.asked.take();
  assert.deepEqual([asked.body.direction, asked.body.from], ["web", null]);
  const socket = new WebSocket(server.origin.replace("http", "ws") + "/web", [
    "parley.v1",
    `token.${session.token}`,
  ]);
  assert.match(await instructionsOf(await rig.realtime.nextSession()), /Help web as vip/);
  assert.deepEqual((await get(server, `/api/calls/${asked.body.callId}`)).metadata, { via: "web" });
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;

  // A call that comes in is not.
  server.network.call();
  assert.match(await instructionsOf(await rig.realtime.nextSession()), /Help as desk/);
  assert.equal(endpoint.asked.all.length, 2);

  endpoint.answer(() => Response.json({ refuse: { sentence: "Not today." } }));
  for (
    const [path, request] of [
      ["/api/outbound/initiate", { to: "+14155550123" }],
      ["/api/web/session", {}],
    ] as const
  ) {
    const refused = await server.post(path, request);
    const { error, code } = await refused.json();
    assert.deepEqual([refused.status, error, code], [403, "Not today.", "call_refused"]);
  }
});

Deno.test("another process that goes on with the call has the agent, the language and the variables of the answer", async () => {
  await using endpoint = startCallUrlServer(() =>
    Response.json({
      agent: "vip",
      language: "de",
      variables: { name: "Ann" },
      metadata: { crm: "42" },
    })
  );
  await using two = await startResumingRig({ env: endpoint.env, overrides: agents });
  const { rig, second } = two;
  const talk = await rig.ring();
  await published(rig, talk.callId, "turn", ({ turn }) => turn.final);
  two.lose(talk.phone);
  const model = await rig.realtime.nextSession();
  assert.match(await instructionsOf(model), /Help Ann as vip/);
  const { request } = await until(
    () => second.app.registry.get(talk.callId),
    (session) => session !== undefined,
  ) ?? assert.fail();
  assert.deepEqual([request.language, request.metadata], ["de", { crm: "42" }]);
  assert.equal(endpoint.asked.all.length, 1, "it is asked once about a call");
});

Deno.test("a test says who would get a call and why, and places none", async () => {
  await using endpoint = startCallUrlServer(() =>
    Response.json({ agent: "vip", variables: { name: "Ann" }, colour: 1 })
  );
  await using rig = await start(endpoint);
  const test = async (question: unknown): Promise<Seen> => {
    const answer = await rig.server.post("/api/routing/test", question);
    assert.equal(answer.status, 200);
    return await answer.json();
  };
  const { callUrl, ...chosen } = await test({ from: "+12025550123", to: "+14155550100" });
  assert.deepEqual(chosen, {
    agent: "vip",
    because: "call_url",
    closed: [],
    outside: null,
    refused: false,
  });
  assert.deepEqual({ ...callUrl, durationMs: 0 }, {
    status: "problems",
    durationMs: 0,
    problems: ["colour: is not known"],
    answer: { agent: "vip", variables: { name: "Ann" } },
  });
  assert.equal((await endpoint.asked.take()).body.test, true);
  const { callUrl: unasked, because } = await test({ direction: "web" });
  assert.deepEqual([unasked, because], [null, "default"]);
  assert.deepEqual(await get(rig.server, "/api/calls"), { calls: [], nextCursor: null });
  assert.equal(await metricOf(rig, "problems"), 0);
});
