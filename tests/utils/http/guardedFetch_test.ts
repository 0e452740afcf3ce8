import assert from "node:assert/strict";
import { openConnectRelay } from "../../../src/utils/http/connectRelay.ts";
import {
  type GuardedFetchOptions,
  openGuardedFetch,
  PrivateAddressError,
} from "../../../src/utils/http/guardedFetch.ts";
import { isPublicAddress } from "../../../src/utils/http/publicAddress.ts";
import { makeCertificate } from "../../bench/load/certificate.ts";
import { isOpensslThere } from "../../support/programs.ts";

const ignore = !isOpensslThere();

Deno.test("only addresses of the public internet are public", () => {
  for (const address of ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"]) {
    assert.ok(isPublicAddress(address), address);
  }
  for (
    const address of [
      ..."127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0".split(" "),
      ..."224.0.0.1 255.255.255.255 198.18.0.1 192.0.2.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254"
        .split(" "),
      ..."::ffff:127.0.0.1 ::ffff:a00:1 64:ff9b::7f00:1 2002:7f00:1:: ff02::1 localhost 2130706433"
        .split(" "),
      ..."::7f00:1 ::ffff:0:a00:1 64:ff9b:1::a00:1 fec0::1 100:0:0:1::1 200::1 4000::1 3fff::1"
        .split(" "),
      "",
    ]
  ) assert.ok(!isPublicAddress(address), address);
});

/** A service over TLS at 0.0.0.0, which is no loopback by its name, and leads there. */
async function secured(options: GuardedFetchOptions = {}) {
  const folder = await Deno.makeTempDir();
  const { cert, key } = await makeCertificate(folder, "0.0.0.0");
  await Deno.remove(folder, { recursive: true });
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
    async (request) => {
      asked.push(await request.text());
      return new Response(`here: ${asked.at(-1)}`);
    },
  );
  const guard = openGuardedFetch({ caCerts: [cert], ...options });
  return {
    guard,
    asked,
    url: new URL(`https://0.0.0.0:${server.addr.port}/x`),
    async [Symbol.asyncDispose]() {
      await guard.close();
      await server.shutdown();
    },
  };
}

Deno.test({
  name: "a host whose address is private is refused before anything is sent",
  ignore,
  async fn() {
    await using service = await secured();
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        service.guard.fetch(service.url, { method: "POST", body: "secret" }),
        PrivateAddressError,
      );
    }
    assert.deepEqual(service.asked, []);
  },
});

Deno.test({
  name: "a host that the operator exempts is reached, by its name and its certificate",
  ignore,
  async fn() {
    await using service = await secured({ privateHosts: ["0.0.0.0"] });
    const send = async (body: string) =>
      await (await service.guard.fetch(service.url, { method: "POST", body })).text();
    assert.equal(await send("one"), "here: one");
    assert.deepEqual(await Promise.all(["a", "b", "c"].map(send)), [
      "here: a",
      "here: b",
      "here: c",
    ]);
    const long = "x".repeat(2_000_000);
    assert.equal((await send(long)).length, long.length + 6);
  },
});

Deno.test({
  name: "a certificate that is not trusted is refused through the relay too",
  ignore,
  async fn() {
    await using service = await secured({ privateHosts: ["0.0.0.0"], caCerts: [] });
    await assert.rejects(service.guard.fetch(service.url, {}), TypeError);
    assert.deepEqual(service.asked, []);
  },
});

Deno.test("a host that is literally this machine is left alone, other plain http is refused", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("plain"),
  );
  const guard = openGuardedFetch();
  const ask = (host: string) => guard.fetch(new URL(`http://${host}:${server.addr.port}/`), {});
  assert.equal(await (await ask("127.0.0.1")).text(), "plain");
  await assert.rejects(ask("0.0.0.0"), /not https/);
  await guard.close();
  await guard.close();
});

Deno.test("the relay serves only who has its password, and only CONNECT", async () => {
  let connected = 0;
  const relay = openConnectRelay({
    connect: () => {
      connected++;
      return Promise.reject(new Error("no"));
    },
    admits: () => true,
    listen: shortOfDescriptors,
  });
  const { username, password } = relay.credentials;
  const key = `Proxy-Authorization: Basic ${btoa(`${username}:${password}`)}`;
  const cases = [
    ["CONNECT a.example:443 HTTP/1.1\r\n\r\n", /^HTTP\/1.1 407/],
    ["CONNECT a.example:443 HTTP/1.1\r\nProxy-Authorization: Basic x\r\n\r\n", /^HTTP\/1.1 407/],
    [`GET http://a.example/ HTTP/1.1\r\n${key}\r\n\r\n`, /^HTTP\/1.1 407/],
    [`CONNECT a.example:443 HTTP/1.1\r\n${key}\r\n\r\n`, /^HTTP\/1.1 502/],
    ["x".repeat(9000), /^HTTP\/1.1 407/],
  ] as const;
  for (const [request, expected] of cases) {
    const connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(relay.url).port),
    });
    await connection.write(new TextEncoder().encode(request));
    const answer = new Uint8Array(200);
    const length = await connection.read(answer);
    assert.match(new TextDecoder().decode(answer.subarray(0, length ?? 0)), expected, request);
    connection.close();
  }
  assert.equal(connected, 1);
  await relay.close();
});

/** A listener of a process that has none left for its first connection. */
function shortOfDescriptors(): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = listener.accept.bind(listener);
  let isFirst = true;
  listener.accept = async () => {
    if (!isFirst) return await accept();
    isFirst = false;
    throw new Error("Too many open files (os error 24)");
  };
  return listener;
}
