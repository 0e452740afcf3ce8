import assert from "node:assert/strict";
import { type ConnectRig, startConnectRig } from "../../support/twilio/connecting.ts";
import { account } from "../../support/servers/phoneServer.ts";

const root = new URL("../../../", import.meta.url);
const owner = "+14155550199";

/** Stands before the stand-in, and keeps back what a request gets, or the request itself. */
function holdBefore(apiUrl: string, holds: (request: Request) => "request" | "answer" | false) {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isReleased = false;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const what = !isReleased && holds(request);
      const { pathname, search } = new URL(request.url);
      const ask = async () => {
        const body = request.method === "POST" ? await request.text() : null;
        const { headers, method } = request;
        return await fetch(`${apiUrl}${pathname}${search}`, { headers, method, body });
      };
      const answer = what === "request" ? undefined : await ask();
      if (what === false) return answer!;
      await answer?.body?.cancel();
      held.resolve();
      await released.promise;
      return new Response(null, { status: 503 });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    held: held.promise,
    /** Passes everything on from now on; what was held fails. */
    release,
    async [Symbol.asyncDispose]() {
      release();
      await server.shutdown();
    },
  };

  function release(): void {
    isReleased = true;
    released.resolve();
  }
}

Deno.test("connect without a fallback can be killed once the number has changed", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  const before = JSON.stringify(rig.api.resources);
  await using held = holdBefore(rig.api.url, (request) => changesNumber(request) && "answer");
  const killed = spawnConnect(rig, held.url, ["--yes"]);
  await held.held;
  killed.kill("SIGKILL");
  await killed.status;
  held.release();
  assert.notEqual(JSON.stringify(rig.api.resources), before);
  const undone = await rig.run(["--undo"], [], { TWILIO_API_URL: held.url }, {
    folder: `${rig.folder}/data`,
  });
  assert.equal(undone.code, 0, undone.printed);
  assert.equal(JSON.stringify(rig.api.resources), before);
});

/** Runs the command in a process of its own, in the folder whose `data` the rig reads. */
function spawnConnect(
  rig: ConnectRig,
  apiUrl: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--allow-all"],
      ...["--config", new URL("deno.json", root).pathname],
      ...[new URL("src/cli/connect.ts", root).pathname, ...args],
    ],
    cwd: rig.folder,
    env: { ...rig.env, TWILIO_API_URL: apiUrl, ...env },
    stdout: "null",
    stderr: "null",
  }).spawn();
}

const changesNumber = ({ method, url }: Request) =>
  method === "POST" && url.includes("/IncomingPhoneNumbers/");
const makesFlow = ({ method, url }: Request) => method === "POST" && url.endsWith("/v2/Flows");

const kills = {
  "before the number changes": (request: Request) => changesNumber(request) && "request",
  "once the number has changed": (request: Request) => changesNumber(request) && "answer",
  "before the flow is made": (request: Request) => makesFlow(request) && "request",
  "once the flow is made": (request: Request) => makesFlow(request) && "answer",
} as const;

for (const [when, holds] of Object.entries(kills)) {
  Deno.test(`connect can be killed ${when}: it goes on, and all is undone`, async () => {
    await using rig = await startConnectRig();
    rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
    const before = JSON.stringify(rig.api.resources);
    await using held = holdBefore(rig.api.url, holds);
    const args = ["--yes", "--forward-to", owner];
    const killed = spawnConnect(rig, held.url, args);
    await held.held;
    killed.kill("SIGKILL");
    await killed.status;
    held.release();

    const data = { folder: `${rig.folder}/data` };
    const again = await rig.run(args, [], { TWILIO_API_URL: held.url }, data);
    assert.equal(again.code, 0, again.printed);
    assert.match(rig.api.numberOf(account.number)!.fallbackUrl, /Flows/);
    const { flows } = rig.api.resources as { flows: unknown[] };
    assert.equal(flows.length, 1, "the flow of the one that was killed is used");
    const undone = await rig.run(["--undo"], [], { TWILIO_API_URL: held.url }, data);
    assert.equal(undone.code, 0, undone.printed);
    assert.equal(JSON.stringify(rig.api.resources), before);
  });

  Deno.test(`connect can be killed ${when}: --undo alone is enough`, async () => {
    await using rig = await startConnectRig();
    rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
    const before = JSON.stringify(rig.api.resources);
    await using held = holdBefore(rig.api.url, holds);
    const killed = spawnConnect(rig, held.url, ["--yes", "--forward-to", owner]);
    await held.held;
    killed.kill("SIGKILL");
    await killed.status;
    held.release();
    const undone = await rig.run(["--undo"], [], { TWILIO_API_URL: held.url }, {
      folder: `${rig.folder}/data`,
    });
    assert.equal(undone.code, 0, undone.printed);
    assert.equal(JSON.stringify(rig.api.resources), before);
  });
}

for (const what of ["request", "answer"] as const) {
  Deno.test(`connect to a second address can be killed at the ${what} of the change`, async () => {
    await using rig = await startConnectRig();
    rig.api.setNumber({
      VoiceUrl: "https://old.example/voice",
      VoiceApplicationSid: `AP${"1".repeat(32)}`,
    });
    const before = JSON.stringify(rig.api.resources);
    const data = { folder: `${rig.folder}/data` };
    const at = (n: number) => ({ PUBLIC_URL: `https://t-${n}.example` });
    let isSecond = false;
    await using held = holdBefore(
      rig.api.url,
      (request) => isSecond && changesNumber(request) && what,
    );
    const api = { TWILIO_API_URL: held.url };
    const first = await rig.run(["--yes"], [], { ...api, ...at(1) }, data);
    assert.equal(first.code, 0, first.printed);
    isSecond = true;
    const killed = spawnConnect(rig, held.url, ["--yes"], at(2));
    await held.held;
    killed.kill("SIGKILL");
    await killed.status;
    held.release();
    const third = await rig.run(["--yes"], [], { ...api, ...at(3) }, data);
    assert.equal(third.code, 0, third.printed);
    const undone = await rig.run(["--undo"], [], api, data);
    assert.equal(undone.code, 0, undone.printed);
    assert.equal(JSON.stringify(rig.api.resources), before);
  });
}
