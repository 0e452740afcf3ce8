import assert from "node:assert/strict";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { parrot, voiceOf } from "../support/servers/phoneRig.ts";
import {
  heard,
  liveCalls,
  type ProcessRig,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { continuation, openRawSocket, textFrame } from "../support/servers/rawSocket.ts";
import { mediaSignature, twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { mediaMessage, startMessage } from "../support/servers/mediaServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

/** Runs against a server that holds a call, which must not notice anything. */
async function beside(
  run: (rig: ProcessRig) => Promise<void>,
  { standing = [], ...options }: Parameters<typeof startProcessRig>[0] & {
    /** Codes of the incidents that stand at the end. */
    readonly standing?: readonly string[];
  } = {},
): Promise<void> {
  await using rig = await startProcessRig(options);
  const other = await ring(rig);
  await run(rig);
  await other.speak(voiceOf(600));
  await heard(rig, other);
  assert.deepEqual(other.errors, []);
  const { incidents } = await (await rig.server.get("/health")).json();
  assert.deepEqual(incidents.map(({ code }: { code: string }) => code), standing);
  await hangUp(other);
}

/** A bridge would be recorded over a connection of its own. */
const WITHOUT_BRIDGE = { agent: "greeting: Good day.\nbridge: off" };

Deno.test("clients that may not connect are refused before the upgrade, and nothing is opened for them", () =>
  beside(async ({ server, realtime }) => {
    const { token } = await (await server.post("/api/web/session")).json();
    const offer = (value: string) => ({ "Sec-WebSocket-Protocol": `parley.v1, token.${value}` });
    const attempts: readonly [number, string, Readonly<Record<string, string>>][] = [
      [403, "/media", {}],
      [403, "/media", { "X-Twilio-Signature": "x".repeat(28) }],
      [403, "/media?x=1", mediaSignature()],
      [401, "/web", {}],
      [401, "/web", offer("guess")],
      [401, "/web", offer(apiKey)],
      [403, "/web", { ...offer(token), Origin: "https://evil.example" }],
      [404, "/elsewhere", {}],
    ];
    for (const [status, path, headers] of attempts) {
      using socket = await openRawSocket(server.origin, path, headers);
      assert.match(socket.answer, new RegExp(`^HTTP/1.1 ${status} `), `${path} ${status}`);
    }
    assert.equal(realtime.stats.connections, 1);
    assert.equal((await (await server.get("/health")).json()).status, "ok");
  }, WITHOUT_BRIDGE));

Deno.test("a signed socket without a call's token is closed, whatever it sends, and opens nothing", () =>
  beside(async ({ server, realtime }) => {
    const start = startMessage({ sid: `CA${"1".repeat(32)}`, token: "guess" });
    const attempts: readonly [number | undefined, (string | Uint8Array)[]][] = [
      [1008, ["garbage", "null", "[]", "{}", new Uint8Array([1, 2, 3]), start]],
      [1008, [start, start]],
      [1009, ["x".repeat(100_000)]],
      [1009, [`{"event":"media","media":{"payload":"${"A".repeat(5_000_000)}"}}`]],
    ];
    for (const [code, frames] of attempts) {
      using socket = await openRawSocket(server.origin, "/media", mediaSignature());
      assert.match(socket.answer, /^HTTP\/1.1 101 /);
      for (const frame of frames) {
        await socket.frame(frame, { opcode: typeof frame === "string" ? textFrame : 0x2 });
      }
      assert.equal(await socket.closeCode(), code);
    }
    assert.equal(realtime.stats.connections, 1);
  }, WITHOUT_BRIDGE));

Deno.test("frames that break the protocol, or never end, cost their own socket alone", () =>
  beside(async ({ server }) => {
    const open = () => openRawSocket(server.origin, "/media", mediaSignature());
    using unmasked = await open();
    await unmasked.frame("{}", { masked: false });
    using reserved = await open();
    await reserved.frame("{}", { opcode: 0xf });
    using lying = await open();
    await lying.bytes(new Uint8Array([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0]));
    using endless = await open();
    await endless.frame("{", { final: false });
    for (let count = 0; count < 20; count++) {
      await endless.frame("x".repeat(1 << 20), { opcode: continuation, final: false });
    }
    using invalid = await open();
    await invalid.frame(new Uint8Array([0xff, 0xfe, 0xc0]));
    using silent = await open();
    for (const socket of [unmasked, reserved, lying, endless, invalid, silent]) {
      await socket.closeCode();
    }
  }));

Deno.test("a phone call lives on through frames that make no sense, and through fragments", () =>
  beside(async ({ server, realtime }) => {
    await realtime.nextSession();
    const callSid = `CA${"2".repeat(32)}`;
    const request = (path: string, init?: RequestInit) => fetch(server.origin + path, init);
    const twiml = await twimlOf(twilioPost({ request }, "/twilio/voice", { CallSid: callSid }));
    const token = /name="token" value="([^"]+)"/.exec(twiml)?.[1] ?? "";
    const model = await realtime.nextSession();
    using socket = await openRawSocket(server.origin, "/media", mediaSignature());
    for (const [index, part] of pieces(startMessage({ sid: callSid, token })).entries()) {
      await socket.frame(part, {
        opcode: index === 0 ? textFrame : continuation,
        final: index === 2,
      });
    }
    const senseless = [
      "garbage",
      "null",
      '{"event":"media"}',
      mediaMessage({ payload: "" }),
      mediaMessage({ payload: "!!!" }),
      mediaMessage({ payload: "A" }),
      '{"event":"media","media":{"payload":7}}',
      '{"event":"unheard-of"}',
      '{"event":"mark","mark":{"name":"unknown"}}',
      '{"event":"dtmf","dtmf":{"digit":"x"}}',
      startMessage({ sid: callSid, token }),
    ];
    for (const frame of senseless) await socket.frame(frame);
    await socket.frame(new Uint8Array(160), { opcode: 0x2 });
    const before = model.appends;
    for (const [index, part] of pieces(mediaMessage({ payload: "/".repeat(216) })).entries()) {
      await socket.frame(part, {
        opcode: index === 0 ? textFrame : continuation,
        final: index === 2,
      });
    }
    await model.next("input_audio_buffer.append");
    assert.ok(model.appends > before);
    await socket.frame(JSON.stringify({ event: "stop", stop: { callSid } }));
    assert.equal(await socket.closeCode(), 1000);
    await model.closed;
  }));

Deno.test("a browser's senseless messages are answered, and its call goes on", () =>
  beside(async ({ server }) => {
    const { token } = await (await server.post("/api/web/session")).json();
    const socket = new WebSocket(`${server.origin.replace("http", "ws")}/web`, [
      "parley.v1",
      `token.${token}`,
    ]);
    const messages: { readonly type: string; readonly text?: string }[] = [];
    let check = () => {};
    socket.onmessage = ({ data }) => {
      messages.push(JSON.parse(data));
      check();
    };
    const until = (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (holds()) resolve();
        };
        check();
      });
    await until(() => messages.some(({ type }) => type === "ready"));
    const senseless = [
      "garbage",
      "null",
      "{}",
      '{"type":"launch"}',
      '{"type":"input_audio_buffer.append","audio":"!"}',
      '{"type":"played","itemId":7,"ms":-1}',
      new Uint8Array(3),
    ];
    for (const message of senseless) socket.send(message);
    await until(() => messages.filter(({ type }) => type === "error").length === senseless.length);
    socket.send('{"type":"text","text":"on"}');
    await until(() => messages.some(({ text }) => text === "You wrote on."));
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    socket.send("x".repeat(300_000));
    assert.equal((await closed).code, 1009);
  }));

Deno.test("case 155: a tool that throws, and faults that nobody catches, cost no call and no process", async () => {
  await using service = serveNothing();
  const tool = (name: string) =>
    `  - { name: ${name}, description: Tries., url: "${service.url}/${name}" }`;
  const names = ["broken", "reject", "throw"];
  await beside(async (rig) => {
    const { server } = rig;
    for (const name of names) {
      const phone = await ring(rig);
      await useTool(rig, phone, name);
      await heard(rig, phone);
      await hangUp(phone);
    }
    await server.lines.find((line) => /Unhandled rejection.*stray rejection/.test(line));
    await server.lines.find((line) => /Uncaught error.*stray error/.test(line));
  }, {
    agent: `greeting: Good day.\nhttp_tools:\n${names.map(tool).join("\n")}`,
    preload: "tests/support/faults/strayFaults.ts",
    standing: ["stray_error"],
    model: {
      script: (turn) =>
        turn.cause.type === "toolOutputs"
          ? { say: "It is done." }
          : turn.cause.type === "text"
          ? { tools: [{ name: turn.cause.text, arguments: "{}" }] }
          : parrot(turn),
    },
  });
});

async function useTool(
  { server }: ProcessRig,
  phone: SimulatedCall,
  name: string,
): Promise<void> {
  const call = (await liveCalls(server)).find(({ callSid }) => callSid === phone.sid);
  const asked = await server.post(`/api/calls/${call?.id}/actions`, { type: "text", text: name });
  assert.equal(asked.status, 202, await asked.text());
}

/** A message in three parts. */
function pieces(message: string): readonly string[] {
  return [message.slice(0, 1), message.slice(1, 20), message.slice(20)];
}

function serveNothing() {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, () => new Response("Nothing."));
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
