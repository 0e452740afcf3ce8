import assert from "node:assert/strict";
import { makeCertificate } from "../bench/load/certificate.ts";
import { isOpensslThere } from "../support/programs.ts";
import { makeDataFolder } from "../support/servers/serverProcess.ts";
import { modelKey, voiceOf } from "../support/servers/phoneRig.ts";
import { heard, ring, startProcessRig } from "../support/servers/processRig.ts";
import { openSocket } from "../support/servers/socketWatch.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const ignore = !isOpensslThere();

Deno.test({
  name: "over TLS, by default without delay, a call goes as well as in clear",
  ignore,
  async fn() {
    await using front = await startTlsFront();
    await using rig = await startProcessRig({
      env: { OPENAI_REALTIME_URL: front.url, OPENAI_API_KEY: modelKey, DENO_CERT: front.certFile },
    });
    front.pointAt(rig.realtime.url);
    const phone = await ring(rig);
    await phone.speak(voiceOf(600));
    await heard(rig, phone);
    await hangUp(phone);
    assert.deepEqual(phone.errors, []);
    assert.ok(front.requests.every((request) => request.startsWith("GET /v1/realtime?model=")));
    assert.ok(front.requests.length > 0);
  },
});

Deno.test({
  name: "WebSocketClient refuses a server whose certificate it does not trust",
  ignore,
  async fn() {
    await using front = await startTlsFront();
    assert.deepEqual(await openSocket(front.url).end(), { type: "refused" });
    const closed = openSocket(front.url);
    closed.socket.close();
    assert.deepEqual(front.requests, []);
    assert.deepEqual(closed.ends.all, []);
  },
});

Deno.test({
  name: "WebSocketClient needs no permission but for the host and the port, over TLS too",
  ignore,
  async fn() {
    await using front = await startTlsFront();
    await using model = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => Deno.upgradeWebSocket(request).response,
    );
    front.pointAt(`http://127.0.0.1:${model.addr.port}`);
    assert.equal(await openOnce(front, new URL(front.url).host), "open");
    assert.equal(await openOnce(front, "127.0.0.1:1"), "unusable");
  },
});

/** What a process tells that may reach one host only. */
async function openOnce(
  { url, certFile }: { readonly url: string; readonly certFile: string },
  host: string,
): Promise<string> {
  const program = new URL("../support/openOnce.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", `--allow-net=${host}`, program, url],
    env: { DENO_CERT: certFile },
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Takes TLS off, and passes all bytes on. */
async function startTlsFront() {
  const folder = await makeDataFolder();
  const { certFile, cert, key } = await makeCertificate(await Deno.realPath(folder.path));
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const requests: string[] = [];
  let targetPort = 0;
  const serve = async (client: Deno.TlsConn) => {
    const first = new Uint8Array(16_384);
    const count = await client.read(first).catch(() => null);
    if (count === null) return client.close();
    requests.push(new TextDecoder().decode(first.subarray(0, count)));
    const server = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
    await server.write(first.subarray(0, count));
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  };
  const connections: Promise<void>[] = [];
  const accepting = (async () => {
    // Ends with the listener.
    for await (const client of listener) connections.push(serve(client));
  })();
  return {
    url: `wss://127.0.0.1:${listener.addr.port}/v1/realtime`,
    certFile,
    requests,
    pointAt: (url: string) => void (targetPort = Number(new URL(url).port)),
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(connections);
      await folder[Symbol.asyncDispose]();
    },
  };
}
