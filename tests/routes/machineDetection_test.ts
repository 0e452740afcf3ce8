import assert from "node:assert/strict";
import { callee, get, initiate, statusOf } from "../support/twilio/dialling.ts";
import { serveApp } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";

/** A Twilio API that accepts every call, and records the requests. */
function startRecorder() {
  const asked: URLSearchParams[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (it) => {
    asked.push(new URLSearchParams(await it.text()));
    const sid = `CA${String(asked.length).padStart(32, "0")}`;
    return Response.json({ sid, status: "queued" }, { status: 201 });
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const tuned = {
  timeoutSeconds: 45,
  speechThresholdMs: 1900,
  speechEndThresholdMs: 1400,
  silenceTimeoutMs: 6000,
};

const wanted = {
  MachineDetection: "DetectMessageEnd",
  MachineDetectionTimeout: "45",
  MachineDetectionSpeechThreshold: "1900",
  MachineDetectionSpeechEndThreshold: "1400",
  MachineDetectionSilenceTimeout: "6000",
};

function detectionOf(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...form].filter(([name]) => name.startsWith("MachineDetection")));
}

Deno.test("case 129: a request tunes machine detection, alone and in a batch", async () => {
  await using network = startRecorder();
  await using server = await serveApp(network.url, {
    DATABASE_URL: "sqlite::memory:",
    OUTBOUND_CONCURRENT: "20",
  });
  const bodies = [tuned, { timeoutSeconds: 3 }, {}, true, false];
  for (const machineDetection of bodies) {
    const answer = await initiate(server, { to: callee, machineDetection });
    assert.equal(answer.status, 200, await answer.text());
  }
  const plain = { MachineDetection: "DetectMessageEnd" };
  const short = { ...plain, MachineDetectionTimeout: "3" };
  assert.deepEqual(network.asked.map(detectionOf), [wanted, short, plain, plain, {}]);

  const batch = await server.request("/api/outbound/batch", {
    method: "POST",
    headers: {
      "X-API-Key": "a-secret-of-sixteen-or-more",
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ calls: [{ to: "+14155550188" }], machineDetection: tuned }),
  });
  assert.equal(batch.status, 202, await batch.text());
  const [last] = await until(() => network.asked.slice(5), ({ length }) => length > 0);
  assert.deepEqual(last && detectionOf(last), wanted);
});

Deno.test("case 129: what the phone network would not take is refused by name, and documented", async () => {
  await using network = startRecorder();
  await using server = await serveApp(network.url, { DATABASE_URL: "sqlite::memory:" });
  const wrong = [
    ["timeoutSeconds", 2, 60, 30.5, "30"],
    ["speechThresholdMs", 999, 6001],
    ["speechEndThresholdMs", 499, 5001],
    ["silenceTimeoutMs", 1999, 10_001, -1, null],
  ] as const;
  for (const [name, ...values] of wrong) {
    for (const value of values) {
      const machineDetection = { [name]: value };
      const answer = await initiate(server, { to: callee, machineDetection });
      assert.equal(answer.status, 422, `${name} ${value}`);
      const { details } = await answer.json();
      assert.deepEqual(details.map(({ path }: { path: string }) => path), [
        `machineDetection.${name}`,
      ]);
    }
  }
  const unknown = initiate(server, { to: callee, machineDetection: { mode: 1 } });
  assert.equal(await statusOf(unknown), 422);
  assert.equal(network.asked.length, 0);
  const { components } = await get(server, "/openapi.json");
  const { properties } = components.schemas.MachineDetectionSettings;
  assert.deepEqual([properties.timeoutSeconds.minimum, properties.timeoutSeconds.maximum], [3, 59]);
});
