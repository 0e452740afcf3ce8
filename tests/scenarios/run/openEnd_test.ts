import assert from "node:assert/strict";
import { openEnd } from "../../../src/scenarios/run/openEnd.ts";
import type { ScenarioServer } from "../../../src/scenarios/run/scenarioServer.ts";
import type { Scenario } from "../../../src/scenarios/scenario.ts";
import { createPhoneNetwork } from "../../../src/sim/twilio/phoneNetwork.ts";

const CALLER = { line: { delayMs: 0, jitterMs: 0, lossPercent: 0 }, afterMs: 0, steps: [] };
const SCENARIO: Scenario = {
  ...{ name: "opens", title: "The server does nothing", leg: "phone", called: { answer: "human" } },
  ...{ variables: {}, numbers: {}, callers: [CALLER], model: [], tools: [], expect: [] },
  ...{ faults: { first: [], every: [] }, maxMs: 60_000 },
};

Deno.test("a server that never dials, or never lets a browser in, ends the opening", async () => {
  const sockets: WebSocket[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "parley.v1" });
    sockets.push(socket);
    return response;
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const silent = silentServer(origin);
  await assert.rejects(openEnd(SCENARIO, CALLER, silent), /the server did not dial within 60 s/);
  const { called: _, ...browser } = SCENARIO;
  const opening = openEnd({ ...browser, leg: "browser" }, CALLER, silent);
  await assert.rejects(opening, /did not let the browser in within 60 seconds/);
  const interrupted = new AbortController();
  const dialled = openEnd(SCENARIO, CALLER, silent, interrupted.signal);
  interrupted.abort();
  await assert.rejects(dialled, /has not begun: the rehearsal was interrupted/);
  await silent[Symbol.asyncDispose]();
  await server.shutdown();
});

/** Takes every request, and does nothing. A minute of it lasts 60 ms. */
function silentServer(origin: string): ScenarioServer {
  const network = createPhoneNetwork({
    account: { accountSid: `AC${"0".repeat(32)}`, authToken: "none", number: "+12025550100" },
    publicUrl: "https://parley.example",
    speed: 1000,
  });
  return {
    ...{ network, origin },
    request: () => Promise.resolve(Response.json({ token: "t" })),
    [Symbol.asyncDispose]: network.close,
  };
}
