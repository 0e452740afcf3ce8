import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Inbox } from "../support/inbox.ts";
import { callTool } from "../support/servers/callTool.ts";
import { account } from "../support/servers/phoneServer.ts";
import { type PhoneRig, startPhoneRig, type Talk } from "../support/servers/phoneRig.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

interface Service extends AsyncDisposable {
  readonly url: string;
  readonly asked: Inbox<Asked>;
}

/** The operator's own service, behind an HTTP tool. */
function startService(answer: (asked: Asked) => Response = () => new Response("ok")): Service {
  const asked = new Inbox<Asked>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (it) => {
    const { method, url, headers } = it;
    const one = { method, url: new URL(url), headers: new Headers(headers), body: await it.text() };
    asked.add(one);
    return answer(one);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const key = crypto.getRandomValues(new Uint8Array(32));
const secret = `whsec_${key.toBase64()}`;

function tool(name: string, url: string, more = ""): string {
  return `  - { name: ${name}, description: Looks up., url: "${url}"${more} }`;
}

async function leave(rig: PhoneRig, talk: Talk): Promise<void> {
  await hangUp(talk.phone);
  assert.equal(rig.server.app.registry.byCallSid(talk.phone.sid), undefined);
}

function verified({ headers }: Asked): Record<string, unknown> {
  const [id, at, signature, call] = [
    ...["webhook-id", "webhook-timestamp", "webhook-signature", "parley-call"],
  ].map((name) => headers.get(name) ?? "");
  const mac = createHmac("sha256", key).update(`${id}.${at}.${call}`).digest("base64");
  assert.equal(signature, `v1,${mac}`);
  assert.ok(Math.abs(Date.now() / 1000 - Number(at)) < 600);
  return JSON.parse(call ?? "");
}

Deno.test("case 106: a tool's service is told, signed, which call of whom it is asked for", async () => {
  await using service = startService();
  await using rig = await startPhoneRig({
    agent: [
      "http_tools:",
      tool("look_up", service.url),
      tool("get_it", service.url, ", method: GET"),
      tool("foreign", service.url, ", identity: false"),
    ].join("\n"),
    env: { WEBHOOK_SECRET: secret },
  });
  const talk = await rig.ring();
  await callTool(talk, "look_up", { caller: "+14155559999", callId: "call_2" });
  const posted = await service.asked.find(({ method }) => method === "POST");
  const { caller, ...call } = verified(posted);
  assert.match(String(caller), /^\+1\d{10}$/);
  assert.notEqual(caller, account.number);
  assert.deepEqual(call, {
    tool: "look_up",
    callId: talk.callId,
    agent: "receptionist",
    direction: "inbound",
  });
  assert.equal(posted.body, "{}");
  await callTool(talk, "get_it", {});
  const got = await service.asked.find(({ method }) => method === "GET");
  assert.equal(verified(got).tool, "get_it");
  await callTool(talk, "foreign", {});
  const last = await service.asked.when((all) => all.length === 3);
  assert.equal(last[2]?.headers.has("parley-call"), false);
  assert.equal(last[2]?.headers.has("webhook-signature"), false);
  await leave(rig, talk);
});

Deno.test("case 106: whom the server has called is the caller; a withheld number is not told", async () => {
  await using service = startService();
  await using rig = await startPhoneRig({
    agent: `http_tools:\n${tool("look_up", service.url)}`,
    env: { WEBHOOK_SECRET: secret },
  });
  const placed = await rig.dial();
  await callTool(placed, "look_up", {});
  await leave(rig, placed);
  // Carriers write a withheld number in several ways.
  for (const from of ["anonymous", "+266696687", "", "sip:1001@pbx.example.com"]) {
    const phone = rig.server.network.call({ from });
    const model = await rig.realtime.nextSession();
    await phone.next("streamStarted");
    const session = rig.server.app.registry.byCallSid(phone.sid);
    assert.ok(session);
    const talk = { callId: session.id, phone, model };
    await until(() => model.received.length, (received) => received > 0);
    await callTool(talk, "look_up", {});
    await leave(rig, talk);
  }
  const asked = (await service.asked.when((all) => all.length === 5)).map(verified);
  assert.deepEqual([asked[0]?.direction, asked[0]?.caller], ["outbound", "+14155550123"]);
  assert.deepEqual(asked.slice(1).map(({ caller }) => caller), [
    ...[undefined, undefined, undefined, undefined],
  ]);
});

Deno.test("case 106: without a secret no service is told anything that it could not trust", async () => {
  await using service = startService();
  await using rig = await startPhoneRig({
    agent: `http_tools:\n${tool("look_up", service.url)}`,
  });
  const talk = await rig.ring();
  await callTool(talk, "look_up", {});
  const [asked] = await service.asked.when((all) => all.length === 1);
  assert.equal(asked?.headers.has("parley-call"), false);
  await leave(rig, talk);
});

Deno.test("case 105: no argument replaces, adds to or leaves the address that the operator wrote", async () => {
  await using service = startService();
  const open = ", parameters: { additionalProperties: true }";
  const fixed = `${service.url}/orders?tenant=acme&scope=own`;
  await using rig = await startPhoneRig({
    agent: [
      "http_tools:",
      tool("closed", fixed, ", method: GET, parameters: { properties: { number: {} } }"),
      tool("open", fixed, `, method: GET${open}`),
      tool("open_post", fixed, open),
    ].join("\n"),
  });
  const talk = await rig.ring();
  const given = {
    number: "1/../../admin?x=1#y\r\nX-Evil: 1&tenant=no",
    tenant: "other",
    Scope: "all",
    "tenant[]": "b",
    "scope.x": "c",
    admin: true,
  };
  for (const name of ["closed", "open", "open_post"]) await callTool(talk, name, given);
  const asked = await service.asked.when((all) => all.length === 3);
  const [closed, open_, posted] = asked.map(({ url, body }) => ({
    path: url.pathname,
    query: [...url.searchParams],
    body: body === "" ? "" : JSON.parse(body),
  }));
  const own = [["tenant", "acme"], ["scope", "own"]];
  const { number } = given;
  assert.deepEqual(closed, { path: "/orders", query: [...own, ["number", number]], body: "" });
  assert.deepEqual(open_, {
    path: "/orders",
    query: [...own, ["number", number], ["admin", "true"]],
    body: "",
  });
  assert.deepEqual(posted, { path: "/orders", query: own, body: { number, admin: true } });
  assert.equal(asked.some(({ headers }) => headers.has("x-evil")), false);
  await leave(rig, talk);
});

Deno.test("case 107: an answer that is no text, or never ends, is told in a sentence or in part", async () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  const bodies: Readonly<Record<string, () => Response>> = {
    "/picture": () => new Response(png, { headers: { "content-type": "image/png" } }),
    "/latin": () =>
      new Response(new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]), {
        headers: { "content-type": "text/plain; charset=ISO-8859-1" },
      }),
    "/endless": () =>
      new Response(
        new ReadableStream({
          pull: (stream) => stream.enqueue(new TextEncoder().encode("x".repeat(16_384))),
        }),
      ),
    "/deep": () => new Response("[".repeat(50_000)),
    "/empty": () => new Response(null, { status: 204 }),
  };
  await using service = startService(({ url }) => bodies[url.pathname]?.() ?? new Response("?"));
  await using rig = await startPhoneRig({
    agent: [
      "http_tools:",
      ...Object.keys(bodies).map((path) => tool(path.slice(1), service.url + path)),
    ]
      .join("\n"),
  });
  const talk = await rig.ring();
  assert.match(await callTool(talk, "picture", {}), /not text.*"code":"not_text"/);
  assert.equal(await callTool(talk, "latin", {}), "Müller");
  for (const name of ["endless", "deep"]) {
    const { truncated, text } = JSON.parse(await callTool(talk, name, {}));
    assert.deepEqual([truncated, text.length], [true, 16_000]);
  }
  assert.equal(await callTool(talk, "empty", {}), '{"status":204}');
  await leave(rig, talk);
});

Deno.test("case 100, 110: what goes to the model is the schema in its one form, and the languages", async () => {
  const schema = JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://shop.example.com/order",
    properties: { number: { type: "string" } },
    required: ["number"],
  });
  await using rig = await startPhoneRig({
    agent: [
      "languages: [en, es]",
      "http_tools:",
      tool("find_order", "https://shop.example.com", `, parameters: ${schema}`),
      tool("ping", "https://shop.example.com"),
    ].join("\n"),
  });
  const talk = await rig.ring();
  const { session } = await talk.model.next("session.update");
  const { tools, audio } = JSON.parse(JSON.stringify(session));
  const closed = { additionalProperties: false };
  assert.deepEqual(
    tools.map(({ parameters }: { readonly parameters: unknown }) => parameters),
    [
      {
        type: "object",
        properties: { number: { type: "string" } },
        required: ["number"],
        ...closed,
      },
      { type: "object", properties: {}, ...closed },
    ],
  );
  assert.deepEqual(audio.input.transcription, {
    model: "gpt-transcribe",
    languages: ["en", "es"],
  });
  await leave(rig, talk);
});
