import assert from "node:assert/strict";
import { credentialsFor } from "../../../src/services/openai/credentials.ts";
import { questionUrl } from "../../../src/services/openai/handshakeDiagnosis.ts";
import { createOpenModel } from "../../../src/services/openai/openModel.ts";
import { contract, KEY, SETUP, Sink } from "../../support/openai/modelContract.ts";

contract("sends the key, the model and the safety id, and no beta header", async (stage) => {
  const { session } = await stage.live();
  assert.equal(session.url.searchParams.get("model"), "gpt-test");
  assert.equal(session.headers.get("authorization"), `Bearer ${KEY}`);
  assert.equal(session.headers.get("openai-safety-identifier"), "pseudonym");
  assert.equal(session.headers.get("openai-beta"), null);
});

const AUTHS = [
  ["wss://res.openai.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.services.ai.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.cognitiveservices.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.openai.azure.com/openai/v1/realtime", "bearer", "authorization"],
  ["wss://res.openai.azure.com.example.com/v1/realtime", "auto", "authorization"],
  ["ws://127.0.0.1:1/v1/realtime", "auto", "authorization"],
  ["ws://127.0.0.1:1/v1/realtime", "api-key", "api-key"],
] as const;

Deno.test("case 67: Azure's servers get the key in a header of their own", () => {
  for (const [url, auth, header] of AUTHS) {
    const expected = header === "api-key" ? { "api-key": KEY } : { Authorization: `Bearer ${KEY}` };
    assert.deepEqual(credentialsFor(url, KEY, auth), expected, `${url} ${auth}`);
  }
  const token = "eyJhbGciOi.payload.signature";
  assert.deepEqual(credentialsFor(AUTHS[0][0], token, "auto"), {
    Authorization: `Bearer ${token}`,
  });
  assert.equal(
    questionUrl("wss://res.openai.azure.com/openai/v1/realtime?model=m&api-key=k"),
    "https://res.openai.azure.com/openai/v1/realtime?model=m&api-key=k",
  );
});

contract(
  "case 67: sends the key as it is set, to the socket and to the diagnosis",
  async (stage) => {
    const { session } = await stage.live({ auth: "api-key" });
    assert.equal(session.headers.get("api-key"), KEY);
    assert.equal(session.headers.has("authorization"), false);
    const asked: Request[] = [];
    const { sink } = stage.open({
      url: "ws://127.0.0.1:1/v1/realtime",
      auth: "api-key",
      fetch: (input, init) => {
        asked.push(new Request(input, init));
        return Promise.resolve(new Response("{}", { status: 500 }));
      },
    });
    await sink.first("modelLost");
    assert.equal(asked[0]?.headers.get("api-key"), KEY);
  },
);

contract("names each connection of a call after it, and no other connection", async (stage) => {
  const openModel = createOpenModel({ url: stage.server.url, log: stage.log });
  const ids: (string | null)[] = [];
  for (const [index, callId] of ["call_abc", "call_abc", undefined].entries()) {
    const client = openModel(SETUP, new Sink(), callId);
    ids.push((await stage.server.session(index)).headers.get("x-client-request-id"));
    client.close();
  }
  assert.match(ids[0] ?? "", /^call_abc_[0-9a-z]{26}$/);
  assert.match(ids[1] ?? "", /^call_abc_/);
  assert.notEqual(ids[0], ids[1]);
  assert.equal(ids[2], null);
});

contract(
  "case 67: a key in the URL reaches the server and the diagnosis, and no log",
  async (stage) => {
    const asked: string[] = [];
    const openModel = createOpenModel({
      url: `${stage.server.url}?api-key=${KEY}`,
      log: stage.log,
    });
    const client = openModel(SETUP, new Sink());
    const { url } = await stage.server.session();
    assert.deepEqual([...url.searchParams], [["api-key", KEY], ["model", "gpt-test"]]);
    client.close();
    const { sink } = stage.open({
      url: `ws://127.0.0.1:1/v1/realtime?api-key=${KEY}`,
      fetch: (input) => {
        const { searchParams } = new URL(String(input));
        asked.push(String(input));
        const status = searchParams.get("api-key") === KEY ? 200 : 401;
        return Promise.resolve(new Response("{}", { status }));
      },
    });
    assert.deepEqual(await sink.loss(), { code: "handshake_refused", retry: "backoff" });
    assert.deepEqual(asked, [`http://127.0.0.1:1/v1/models/gpt-test?api-key=${KEY}`]);
  },
);
