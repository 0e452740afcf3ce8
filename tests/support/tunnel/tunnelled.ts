import { createApp } from "../../../src/app.ts";
import { present } from "../../../src/utils/present.ts";
import type { DevServer } from "../../../src/cli/tunnel/devServer.ts";
import { runTunnel } from "../../../src/cli/tunnel/runTunnel.ts";
import { Inbox } from "../inbox.ts";
import { freePort } from "../servers/freePort.ts";
import type { ConnectRig } from "../twilio/connecting.ts";
import type { FakeTools } from "./fakeTools.ts";

/** The command, under way in this process. */
export interface Running {
  readonly lines: Inbox<string>;
  readonly code: Promise<number>;
  /** As Ctrl-C does. */
  stop(): void;
}

/** Runs `deno task dev --tunnel` in this process, and the server with it. */
export function startTunnelled(
  tools: Pick<FakeTools, "path" | "ask">,
  rig: ConnectRig,
  { tool, answers = [], env = {}, isAgreed = true, onClose = () => {}, groupId, ...times }: {
    readonly tool?: string;
    readonly answers?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly isAgreed?: boolean;
    readonly patienceMs?: number;
    readonly lateMs?: number;
    readonly onClose?: () => void;
    /** Of the processes that the server is taken for. */
    readonly groupId?: number;
  } = {},
): Running {
  const { PUBLIC_URL: _, API_KEYS: __, ...settings } = rig.env;
  const lines = new Inbox<string>();
  const end = new AbortController();
  let asked = 0;
  const environment = {
    ...settings,
    ...{ DATABASE_URL: "sqlite::memory:", LOG_LEVEL: "error", PORT: String(freePort()) },
    PATH: tools.path,
    ...env,
  };
  const code = runTunnel({ tool, isAgreed }, {
    environment,
    terminal: {
      print: (line) => lines.add(line),
      ask: () => Promise.resolve(answers[asked++]),
    },
    folder: rig.folder,
    signal: end.signal,
    ask: tools.ask,
    ...times,
    startServer: (more) => ({
      ...startApp({ ...environment, ...more }, rig, onClose),
      ...present({ groupId }),
    }),
  });
  return { lines, code, stop: () => end.abort() };
}

/** The server in this process, in the place of one that starts again at changes. */
function startApp(
  env: Readonly<Record<string, string | undefined>>,
  rig: ConnectRig,
  onClose: () => void,
): DevServer {
  const ended = Promise.withResolvers<number>();
  const opening = (async () => {
    const app = await createApp(env, { recordAfterMs: "never" });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: Number(env["PORT"]), onListen: () => {} },
      (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
    );
    await app.listens();
    rig.network.connectTo(`http://127.0.0.1:${env["PORT"]}`);
    return { app, server };
  })();
  return {
    ended: ended.promise,
    signal: () => {},
    async close() {
      onClose();
      const { app, server } = await opening;
      await app.close();
      await server.shutdown();
      ended.resolve(0);
    },
  };
}
