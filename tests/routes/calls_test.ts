import assert from "node:assert/strict";
import {
  ADMIN,
  ALICE,
  type ApiServer,
  BARRED,
  BOB,
  EXPIRED,
  READER,
  withApi,
} from "../support/servers/apiServer.ts";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";
import { problemOf } from "../support/problemOf.ts";
import { said } from "../support/store/storedCalls.ts";

const day = Date.UTC(2027, 0, 1);

async function rememberThree({ remember }: ApiServer): Promise<void> {
  await remember({ id: "call_a", keyName: "alice", startedAt: day }, {});
  await remember({ id: "call_b", keyName: "alice", startedAt: day + 1000, agent: "clerk" });
  await remember({ id: "call_c", direction: "inbound", startedAt: day + 2000 }, {});
}

async function idsOf(response: Response): Promise<readonly string[]> {
  const { calls } = await response.json();
  return calls.map(({ id }: { id: string }) => id);
}

function liveCall(server: ApiServer, id = "call_b"): RecordingSession {
  const request = { direction: "outbound", agent: "receptionist", keyName: "alice" } as const;
  const call = RecordingSession.withLeg(id, request);
  server.live.set(id, call);
  return call;
}

function act(server: ApiServer, body: unknown, secret = ALICE, id = "call_b"): Promise<Response> {
  return server.ask(`/api/calls/${id}/actions`, secret, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const responseTokens = {
  inputText: 1,
  inputAudio: 20,
  cachedText: 0,
  cachedAudio: 10,
  outputText: 3,
  outputAudio: 4,
};

Deno.test("GET /api/calls gives an admin all calls, newest first, and a key its own", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    assert.deepEqual(await idsOf(await server.ask("/api/calls", ADMIN)), [
      "call_c",
      "call_b",
      "call_a",
    ]);
    assert.deepEqual(await idsOf(await server.ask("/api/calls", ALICE)), ["call_b", "call_a"]);
    assert.deepEqual(await idsOf(await server.ask("/api/calls", BOB)), []);
  }));

Deno.test("GET /api/calls turns pages by their cursor, whatever calls have come meanwhile", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    const first = await (await server.ask("/api/calls?limit=2", ADMIN)).json();
    assert.deepEqual(first.calls.map((call: { id: string }) => call.id), ["call_c", "call_b"]);
    await server.remember({ id: "call_d", startedAt: day + 3000 });
    const next = await server.ask(`/api/calls?limit=2&cursor=${first.nextCursor}`, ADMIN);
    const second = await next.json();
    assert.deepEqual(second.calls.map((call: { id: string }) => call.id), ["call_a"]);
    assert.equal(second.nextCursor, null);
  }));

for (
  const [query, ids] of [
    ["status=live", ["call_b"]],
    ["direction=inbound", ["call_c"]],
    ["agent=clerk", ["call_b"]],
    ["key=alice", ["call_b", "call_a"]],
    ["from=2027-01-01T00:00:01Z", ["call_c", "call_b"]],
    ["to=2027-01-01T01:00:01%2B01:00", ["call_a"]],
    ["from=2027-01-02", []],
  ] as const
) {
  Deno.test(`GET /api/calls?${query} gives what it asks for`, () =>
    withApi({}, async (server) => {
      await rememberThree(server);
      assert.deepEqual(await idsOf(await server.ask(`/api/calls?${query}`, ADMIN)), ids);
    }));
}

for (
  const query of [
    "limit=0",
    "limit=201",
    "limit=-1",
    "limit=1e2",
    "limit=٣",
    "limit=",
    "cursor=x",
    "cursor=%00%ff",
    "cursor=",
    `cursor=${"a".repeat(5000)}`,
    "status=over",
    "direction=__proto__",
    "agent=../../etc",
    "from=yesterday",
    "from=2027-13-01",
    "to=1",
    "key=a%20b",
    "limits=5",
    "__proto__=1",
  ]
) {
  Deno.test(`GET /api/calls refuses ?${query.slice(0, 40)}`, () =>
    withApi({}, async ({ ask }) => {
      const refused = await problemOf(await ask(`/api/calls?${query}`, ADMIN));
      assert.deepEqual(refused, [422, "invalid_request"]);
    }));
}

Deno.test("GET /api/calls shows no key the calls of another", () =>
  withApi({}, async ({ ask }) => {
    assert.deepEqual(await problemOf(await ask("/api/calls?key=alice", BOB)), [
      403,
      "scope_missing",
    ]);
  }));

Deno.test("GET /api/calls/:id gives everything that is recorded of a call", () =>
  withApi({}, async (server) => {
    await server.remember({ id: "call_a", keyName: "alice", to: "+14155550123" }, {
      end: { reason: "not_answered", detail: "busy" },
      outcome: "busy",
      usage: { ...noUsage, inputAudio: 10 },
    });
    await server.store.calls.write([
      said("call_a", {
        id: "t1",
        role: "agent",
        text: "Good",
        interrupted: true,
        unheard: "morning. We close at 6 pm.",
        startedMs: 10,
        endedMs: 500,
      }),
      said("call_a", {
        id: "t2",
        role: "agent",
        text: "We will call you back tomorrow. It costs 40 dollars.",
        position: 2,
        startedMs: 1000,
        endedMs: 6200,
      }),
      ...[
        { name: "price", text: "It costs 40 dollars.", times: 1, heard: false } as const,
        {
          ...{ name: "price", text: "It costs 40 dollars.", times: 2 },
          ...{ heard: true, fromMs: 4200, toMs: 6200 },
        } as const,
        { name: "price", text: "It costs 40 dollars.", times: 3, heard: false } as const,
        { name: "recording", text: "This call is recorded.", times: 1, heard: false } as const,
      ].map((one) => ({ type: "mustHear", callId: "call_a", ...one }) as const),
      {
        type: "toolStarted",
        callId: "call_a",
        toolCallId: "x1",
        name: "look_up",
        arguments: "{}",
        startedMs: 1,
      },
      {
        type: "latency",
        callId: "call_a",
        itemId: "t1",
        sequence: 1,
        latency: { responseMs: 1, firstAudioMs: 2, totalMs: 3 },
      },
      {
        type: "responseUsage",
        callId: "call_a",
        sequence: 1,
        response: { atMs: 900, itemId: "t1", usage: responseTokens, usd: 0.004 },
      },
    ]);
    const response = await server.ask("/api/calls/call_a", ALICE);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      id: "call_a",
      direction: "outbound",
      agent: "receptionist",
      currentAgent: "receptionist",
      agentVersion: null,
      metadata: null,
      precall: null,
      status: "ended",
      key: "alice",
      callSid: null,
      from: null,
      to: "+14155550123",
      startedAt: "2027-01-01T00:00:00.000Z",
      answeredAt: null,
      endedAt: "2027-01-01T00:01:00.000Z",
      durationMs: 60_000,
      connectedMs: null,
      transferredMs: null,
      end: { reason: "not_answered", detail: "busy" },
      consent: null,
      optOut: null,
      phoneMenu: null,
      pickups: [],
      outcome: "busy",
      answeredBy: null,
      model: null,
      usage: { ...noUsage, inputAudio: 10 },
      cost: { usd: 0.02, parts: { text: 0, audio: 0.02, transcription: 0, telephony: null } },
      savings: null,
      passed: null,
      analysis: null,
      appointments: [],
      latency: null,
      turns: [{
        id: "t1",
        role: "agent",
        agent: null,
        text: "Good",
        interrupted: true,
        unheard: "morning. We close at 6 pm.",
        by: "voice",
        final: true,
        startedMs: 10,
        endedMs: 500,
      }, {
        id: "t2",
        role: "agent",
        agent: null,
        text: "We will call you back tomorrow. It costs 40 dollars.",
        interrupted: false,
        unheard: null,
        by: "voice",
        final: true,
        startedMs: 1000,
        endedMs: 6200,
      }],
      mustHear: [{
        ...{ name: "price", text: "It costs 40 dollars.", times: 2 },
        ...{ heard: true, fromMs: 4200, toMs: 6200 },
      }, {
        ...{ name: "recording", text: "This call is recorded.", times: 1 },
        ...{ heard: false, fromMs: null, toMs: null },
      }],
      unheard: [
        { turnId: "t1", text: "Good morning.", heard: "Good" },
        { turnId: "t1", text: "We close at 6 pm.", heard: "" },
      ],
      promises: [
        ...(["time", "callback"] as const).map((kind) => ({
          ...{ kind, turnId: "t2", fromMs: 1000, toMs: 4100 },
          sentence: "We will call you back tomorrow.",
        })),
        {
          ...{ kind: "price", turnId: "t2", fromMs: 4200, toMs: 6200 },
          sentence: "It costs 40 dollars.",
        },
      ],
      tools: [{ id: "x1", name: "look_up", arguments: "{}", startedMs: 1, result: null }],
      latencies: [{ turnId: "t1", responseMs: 1, firstAudioMs: 2, firstHeardMs: null, totalMs: 3 }],
      responses: [{
        ...{ atMs: 900, turnId: "t1", model: null, usage: responseTokens, usd: 0.004 },
      }],
      digits: [],
      handoffs: [],
      listeners: [],
      costSoFar: null,
      tags: [],
      transferNames: [],
      transfers: [],
      recording: null,
    });
  }));

Deno.test("GET /api/calls/:id gives null, not 0, for a cost that is not known", () =>
  withApi({}, async (server) => {
    const parts = { text: null, audio: null, transcription: 0, telephony: null };
    await server.remember({ id: "call_a" }, { cost: { usd: null, parts } });
    const { cost } = await (await server.ask("/api/calls/call_a", ADMIN)).json();
    assert.deepEqual(cost, { usd: null, parts });
  }));

for (const path of ["", "/transcript", "/events"]) {
  Deno.test(`GET /api/calls/:id${path} knows no call of another key, and none that is not there`, () =>
    withApi({}, async (server) => {
      await rememberThree(server);
      for (const id of ["call_a", "call_c", "call_nothing"]) {
        const refused = await problemOf(await server.ask(`/api/calls/${id}${path}`, BOB));
        assert.deepEqual(refused, [404, "unknown_call"]);
      }
      for (const id of ["x", "call_", "call_%00", "call_A", "..%2f..", "call_a'--"]) {
        const refused = await problemOf(await server.ask(`/api/calls/${id}${path}`, ADMIN));
        assert.deepEqual(refused, [422, "invalid_request"]);
      }
    }));
}

for (
  const [asked, type, expected] of [
    ["", "application/json", '"text":"Hello <you>"'],
    ["?format=vtt", "text/vtt; charset=utf-8", "<v Caller>Hello &lt;you&gt;</v>"],
    ["?format=text", "text/plain; charset=UTF-8", "Caller: Hello <you>"],
  ] as const
) {
  Deno.test(`GET /api/calls/:id/transcript${asked} gives ${type}`, () =>
    withApi({}, async (server) => {
      await rememberOneTurn(server);
      const response = await server.ask(`/api/calls/call_a/transcript${asked}`, ALICE);
      assert.equal(response.headers.get("content-type"), type);
      assert.ok((await response.text()).includes(expected));
    }));
}

async function rememberOneTurn(server: ApiServer): Promise<void> {
  await server.remember({ id: "call_a", keyName: "alice" }, {});
  await server.store.calls.write([said("call_a", { id: "t1", text: "Hello <you>" })]);
}

for (
  const [accept, type] of [
    ["text/vtt", "text/vtt; charset=utf-8"],
    ["text/plain;q=0.5, text/vtt;q=0.9", "text/vtt; charset=utf-8"],
    ["text/html,*/*;q=0.8", "text/plain; charset=UTF-8"],
    ["image/png, */*;q=0.1", "application/json"],
  ] as const
) {
  Deno.test(`GET /api/calls/:id/transcript gives ${type} where ${accept} is accepted`, () =>
    withApi({}, async (server) => {
      await rememberOneTurn(server);
      const response = await server.ask("/api/calls/call_a/transcript", ALICE, {
        headers: { accept },
      });
      assert.equal(response.headers.get("content-type"), type);
      await response.body?.cancel();
    }));
}

Deno.test("GET /api/calls/:id/transcript refuses what it cannot write", () =>
  withApi({}, async (server) => {
    await rememberOneTurn(server);
    for (const accept of ["image/png", "constructor", "__proto__"]) {
      const asked = { headers: { accept } };
      const refused = await server.ask("/api/calls/call_a/transcript", ALICE, asked);
      assert.deepEqual(await problemOf(refused), [406, "not_acceptable"], accept);
    }
    const unknown = await server.ask("/api/calls/call_a/transcript?format=pdf", ALICE);
    assert.deepEqual(await problemOf(unknown), [422, "invalid_request"]);
  }));

for (
  const [body, input] of [
    [{ type: "hangup" }, { type: "hangUp", end: { reason: "operator_hung_up" } }],
    [{ type: "hangup", goodbye: "Bye." }, {
      type: "endAsked",
      end: { reason: "operator_hung_up" },
      goodbye: "Bye.",
    }],
    [{ type: "say", text: " Ready. " }, { type: "sayAsked", text: "Ready." }],
    [{ type: "transfer", to: "sales" }, { type: "transferAsked", alias: "sales" }],
    [{ type: "whisper", text: "Offer a discount." }, {
      type: "whispered",
      text: "Offer a discount.",
    }],
    [{ type: "interrupt" }, { type: "interruptAsked" }],
    [{ type: "text", text: "Hi" }, { type: "typed", text: "Hi", byOperator: true }],
  ] as const
) {
  Deno.test(`POST /api/calls/:id/actions does ${JSON.stringify(body)}`, () =>
    withApi({}, async (server) => {
      await rememberThree(server);
      const call = liveCall(server);
      const response = await act(server, body);
      assert.equal(response.status, 202);
      assert.deepEqual(await response.json(), {
        success: true,
        callId: "call_b",
        type: body.type,
      });
      assert.deepEqual(call.inputs, [input]);
    }));
}

for (
  const [what, body, expected] of [
    ["an unknown action", { type: "explode" }, [422, "invalid_request"]],
    ["an action without a type", {}, [422, "invalid_request"]],
    ["a list", [], [422, "invalid_request"]],
    ["nothing to say", { type: "say", text: "  " }, [422, "invalid_request"]],
    ["a text that is none", { type: "say", text: 5 }, [422, "invalid_request"]],
    ["too much to say", { type: "say", text: "a".repeat(2001) }, [422, "invalid_request"]],
    ["an unknown member", { type: "hangup", now: true }, [422, "invalid_request"]],
    ["an unknown alias", { type: "transfer", to: "+14155550123" }, [422, "unknown_transfer"]],
    ["no destination", { type: "transfer" }, [422, "invalid_request"]],
    ["two destinations", { type: "transfer", to: "sales", number: "+14155550123" }, [
      422,
      "invalid_request",
    ]],
    ["a number for anyone", { type: "transfer", number: "+14155550123" }, [403, "scope_missing"]],
    ["nothing to whisper", { type: "whisper", text: " " }, [422, "invalid_request"]],
    ["an inherited alias", { type: "transfer", to: "constructor" }, [422, "unknown_transfer"]],
    ["__proto__", '{"type":"hangup","__proto__":{"a":1}}', [400, "forbidden_key"]],
    ["half a character", '{"type":"say","text":"\\ud800"}', [400, "invalid_unicode"]],
    ["no JSON", "{", [400, "malformed_json"]],
    ["deep JSON", "[".repeat(5000), [400, "json_too_deep"]],
    ["a huge body", `"${"a".repeat(100_000)}"`, [413, "body_too_large"]],
  ] as const
) {
  Deno.test(`POST /api/calls/:id/actions refuses ${what}`, () =>
    withApi({}, async (server) => {
      await rememberThree(server);
      const call = liveCall(server);
      assert.deepEqual(await problemOf(await act(server, body)), expected);
      assert.deepEqual(call.inputs, []);
    }));
}

Deno.test("POST /api/calls/:id/actions touches no call that is over, elsewhere or another's", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    const hangup = { type: "hangup" };
    assert.deepEqual(await problemOf(await act(server, hangup, ALICE, "call_a")), [
      409,
      "call_ended",
    ]);
    assert.deepEqual(await problemOf(await act(server, hangup)), [409, "call_not_here"]);
    const call = liveCall(server);
    assert.deepEqual(await problemOf(await act(server, hangup, BOB)), [404, "unknown_call"]);
    assert.deepEqual(await problemOf(await act(server, hangup, READER)), [403, "scope_missing"]);
    assert.deepEqual(call.inputs, []);
    assert.equal((await act(server, hangup, ADMIN)).status, 202);
  }));

Deno.test("POST /api/calls/:id/actions transfers to any number that may be dialled, for an admin", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    const call = liveCall(server);
    const to = (number: string) => act(server, { type: "transfer", number }, ADMIN);
    assert.deepEqual(await problemOf(await to("sales")), [422, "invalid_request"]);
    assert.deepEqual(await problemOf(await to(BARRED)), [403, "destination_not_allowed"]);
    assert.deepEqual(call.inputs, []);
    assert.equal((await to("+14155550123")).status, 202);
    assert.deepEqual(call.inputs, [{ type: "transferAsked", alias: "+14155550123" }]);
  }));

Deno.test("GET /api/calls/:id says to whom a live phone call may be transferred", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    await server.remember({ id: "call_d", agent: "receptionist" });
    await server.remember({ id: "call_e", agent: "receptionist", direction: "web" });
    const namesOf = async (id: string) =>
      (await (await server.ask(`/api/calls/${id}`, ADMIN)).json()).transferNames;
    assert.deepEqual(await namesOf("call_d"), ["sales"]);
    assert.deepEqual(await namesOf("call_e"), []);
    assert.deepEqual(await namesOf("call_a"), []);
  }));

Deno.test("POST /api/calls/:id/actions hands over no browser", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    server.live.set(
      "call_b",
      RecordingSession.withLeg("call_b", { direction: "web", agent: "receptionist" }),
    );
    const refused = await act(server, { type: "transfer", to: "sales" }, ADMIN);
    assert.deepEqual(await problemOf(refused), [409, "not_on_a_phone"]);
  }));

Deno.test("DELETE /api/callers/:number erases all calls with it, for an admin", () =>
  withApi({}, async (server) => {
    const from = "+14155550123";
    await server.remember({ id: "call_a", direction: "inbound", from }, {});
    await server.remember({ id: "call_b", direction: "inbound", from: "+14155550124" }, {});
    const path = `/api/callers/${encodeURIComponent(from)}`;
    const refused = await server.ask(path, ALICE, { method: "DELETE" });
    assert.deepEqual(await problemOf(refused), [403, "scope_missing"]);
    const erased = await server.ask(path, ADMIN, { method: "DELETE" });
    assert.deepEqual(await erased.json(), { calls: 1, turns: 0, toolCalls: 0, pending: 0 });
    assert.deepEqual(await idsOf(await server.ask("/api/calls", ADMIN)), ["call_b"]);
    for (const number of ["4155550123", "%2B٤١٥٥٥٥٠١٢٣", "%2B1415555012%25", "*"]) {
      const wrong = await server.ask(`/api/callers/${number}`, ADMIN, { method: "DELETE" });
      assert.deepEqual(await problemOf(wrong), [422, "invalid_request"]);
    }
  }));

for (
  const [what, secret, expected] of [
    ["no key", undefined, [401, "key_required"]],
    ["a wrong key", "alice-secret-012345678", [401, "invalid_key"]],
    ["a key that has expired", EXPIRED, [401, "key_expired"]],
  ] as const
) {
  Deno.test(`the API refuses ${what}`, () =>
    withApi({}, async ({ ask }) => {
      for (const path of ["/api/calls", "/api/calls/call_a", "/api/events", "/api/analytics"]) {
        assert.deepEqual(await problemOf(await ask(path, secret)), expected);
      }
    }));
}

Deno.test("the API refuses a key that has been revoked", () =>
  withApi({}, async ({ ask, revoked }) => {
    assert.equal((await ask("/api/calls", ALICE)).status, 200);
    revoked.add("alice");
    assert.deepEqual(await problemOf(await ask("/api/calls", ALICE)), [401, "key_revoked"]);
    assert.equal((await ask("/api/calls", BOB)).status, 200);
  }));

Deno.test("the API slows down who guesses keys", () =>
  withApi({}, async ({ ask }) => {
    for (let i = 0; i < 10; i++) await (await ask("/api/calls", `guess-${i}`)).body?.cancel();
    const response = await ask("/api/calls", "guess");
    assert.equal(response.headers.get("retry-after"), "5");
    assert.deepEqual(await problemOf(response), [429, "rate_limited"]);
    assert.deepEqual(await problemOf(await ask("/api/calls", ALICE)), [429, "rate_limited"]);
  }));

Deno.test("the API without keys serves its own machine and its own page only", () =>
  withApi({ keyed: false }, async ({ ask, router }) => {
    assert.equal((await ask("/api/calls")).status, 200);
    const own = { headers: { origin: "http://localhost:8000" } };
    assert.equal((await ask("/api/calls", undefined, own)).status, 200);
    const others: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "x-forwarded-for": "203.0.113.9" },
    ];
    for (const headers of others) {
      const refused = await ask("/api/calls", undefined, { headers });
      assert.deepEqual(await problemOf(refused), [403, "origin_not_allowed"]);
    }
    const rebound = await router.request("http://evil.example:8000/api/calls");
    assert.deepEqual(await problemOf(rebound), [403, "origin_not_allowed"]);
  }));

Deno.test("costSoFar of a live call has what each agent used at the prices of its own model", () =>
  withApi({}, async ({ store, remember, ask }) => {
    const outputAudio = 1_000_000;
    const models = { model: "gpt-realtime-2.1", direction: "web" } as const;
    for (const id of ["call_a", "call_b"]) await remember({ id, ...models });
    const usage = { ...noUsage, outputAudio: 2 * outputAudio };
    const usageBefore = { ...noUsage, outputAudio };
    const [from, to] = ["receptionist", "billing"];
    const handoff = { atMs: 1, from, to, model: "gpt-realtime-2.1-mini", usageBefore };
    await store.calls.write([
      { type: "handoff", callId: "call_a", sequence: 0, handoff },
      { type: "changed", callId: "call_a", changes: { usage } },
      { type: "changed", callId: "call_b", changes: { usage } },
    ]);
    const { calls } = await (await ask("/api/calls?status=live", ADMIN)).json();
    const costs = calls.map(({ id, costSoFar }: { id: string; costSoFar: number }) => [
      id,
      costSoFar,
    ]);
    assert.deepEqual(Object.fromEntries(costs), { call_a: 64 + 20, call_b: 128 });
    assert.equal((await (await ask("/api/calls/call_a", ADMIN)).json()).costSoFar, 84);
  }));
