import type { ControlInput } from "../../../src/call/callInput.ts";
import type { CallLeg, LegInput } from "../../../src/call/callLeg.ts";
import { CallRefused, type CallSession } from "../../../src/call/sessionApi.ts";
import type { CallEnd, CallRequest } from "../../../src/call/types.ts";
import { createGuessGuard } from "../../../src/routes/middleware/guessGuard.ts";
import { pageRoutes } from "../../../src/routes/pages.ts";
import { webRoutes, type WebRoutesDeps } from "../../../src/routes/web.ts";
import { PATIENCE_MS } from "../until.ts";
import { plainRouter } from "./plainRouter.ts";
import { createWebTokens } from "../../../src/routes/webTokens.ts";
import { setTimer } from "../../../src/utils/clock.ts";

type Input = LegInput | ControlInput;

/** A call that does nothing of itself: tests act on its leg and read what it was told. */
export class RecordingSession implements CallSession {
  readonly id = "call_1";
  callSid: string | undefined;
  readonly inputs: Input[] = [];
  readonly frames: string[] = [];
  readonly ended: Promise<CallEnd>;
  onInput: (input: Input) => void = () => {};
  refusesLegs = false;
  readonly #end = Promise.withResolvers<CallEnd>();
  readonly #waiting = new Set<() => void>();
  #leg: CallLeg | undefined;

  constructor(readonly request: CallRequest) {
    this.ended = this.#end.promise;
  }

  get hasLeg(): boolean {
    return this.#leg !== undefined;
  }

  get leg(): CallLeg {
    if (this.#leg === undefined) throw new Error("Cannot use the leg: nobody has joined");
    return this.#leg;
  }

  join(leg: CallLeg): void {
    if (this.refusesLegs) throw new Error("Cannot join: the call is over");
    if (this.#leg !== undefined) throw new Error("Cannot join: the call has a leg");
    this.#leg = leg;
    this.#look();
  }

  hear(audio: string): boolean {
    this.frames.push(audio);
    this.#look();
    return true;
  }

  input(input: Input): void {
    this.inputs.push(input);
    this.onInput(input);
    this.#look();
  }

  /** Ends the call as a session does: events first, then the leg. */
  end(end: CallEnd): void {
    this.#leg?.notify({ type: "ended", end, durationMs: 1000 });
    this.#leg?.close(end);
    this.#end.resolve(end);
  }

  /** Waits until something that the call is told makes `condition` true. */
  until(condition: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const overdue = setTimeout(() => {
      const told = this.inputs.slice(-5).map((input) => JSON.stringify(input)).join(", ");
      reject(new Error(`Cannot go on: the call heard ${this.frames.length} frames, then ${told}`));
    }, PATIENCE_MS);
    const look = () => {
      if (!condition()) return;
      clearTimeout(overdue);
      this.#waiting.delete(look);
      resolve();
    };
    this.#waiting.add(look);
    look();
    return promise;
  }

  async joined(): Promise<this> {
    await this.until(() => this.#leg !== undefined);
    return this;
  }

  async told<Type extends Input["type"]>(type: Type): Promise<Extract<Input, { type: Type }>> {
    const isWanted = (input: Input): input is Extract<Input, { type: Type }> => input.type === type;
    await this.until(() => this.inputs.some(isWanted));
    return this.inputs.find(isWanted)!;
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}

export interface WebServer {
  readonly origin: string;
  readonly sessions: readonly RecordingSession[];
  /** Gives the next call as soon as it is opened and joined. */
  nextCall(): Promise<RecordingSession>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  token(): Promise<string>;
  close(): Promise<void>;
}

export interface WebServerOptions extends Partial<Omit<WebRoutesDeps, "registry">> {
  readonly refuses?: CallRefused["code"] | (() => CallRefused["code"] | undefined);
  readonly accepting?: boolean;
  /** Where connections come from, as the host tells it. */
  readonly remoteAddress?: string;
  readonly onOpen?: (session: RecordingSession) => void;
}

/** Serves the browser's routes alone, on a free port, with calls that only record. */
export function startWebServer(
  { refuses, accepting = true, remoteAddress = "127.0.0.1", onOpen, ...deps }: WebServerOptions =
    {},
): WebServer {
  const sessions: RecordingSession[] = [];
  const log = { info() {}, warn() {} };
  const addressOf = () => "127.0.0.1";
  const now = deps.now ?? (() => performance.now());
  const opened: Array<(session: RecordingSession) => void> = [];
  const routes = webRoutes({
    registry: {
      accepting,
      open(request) {
        const refusal = typeof refuses === "function" ? refuses() : refuses;
        if (refusal !== undefined) throw new CallRefused(refusal);
        const session = new RecordingSession(request);
        sessions.push(session);
        onOpen?.(session);
        opened.shift()?.(session);
        return session;
      },
    },
    tokens: createWebTokens({ isRevoked: () => false, now: deps.now ?? Date.now, setTimer }),
    agents: [{ name: "receptionist", title: "Receptionist" }, { name: "clerk", title: "Clerk" }],
    defaultAgent: "receptionist",
    engine: "rehearsal",
    allowedOrigins: [],
    guesses: createGuessGuard({ addressOf, now, log }),
    addressOf,
    now,
    log,
    ...deps,
  });
  const app = plainRouter((router) => {
    router.route("/", pageRoutes());
    router.route("/", routes);
  }, { accepting });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => app.fetch(request, { remoteAddress }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;

  function fetchFromPage(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("origin")) headers.set("origin", origin);
    return fetch(origin + path, { ...init, headers });
  }

  return {
    origin,
    sessions,
    nextCall: () =>
      new Promise<RecordingSession>((resolve) => opened.push(resolve)).then((s) => s.joined()),
    fetch: fetchFromPage,
    async token() {
      const { token } = await (await fetchFromPage("/api/web/session", { method: "POST" })).json();
      return token;
    },
    close: () => server.shutdown(),
  };
}
