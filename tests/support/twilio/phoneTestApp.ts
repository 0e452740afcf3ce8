import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { signRequest } from "../../../src/sim/twilio/api/signature.ts";
import { Inbox } from "../inbox.ts";

export const account = {
  accountSid: "AC" + "0".repeat(32),
  authToken: "a-token-for-tests",
  number: "+12025550100",
};
export const publicUrl = "https://parley.example";

/** A form post that the app received. */
export interface Post {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signed: boolean;
  /** The same for all attempts of one request. */
  readonly token: string | null;
}

/** A small app for the simulated phone to talk with: answers by path, one media stream at a time. */
export interface TestApp {
  readonly url: string;
  /** What a path answers; unset paths answer 204. */
  readonly answers: Record<string, (form: Readonly<Record<string, string>>) => Response>;
  readonly posts: readonly Post[];
  post(path: string): Promise<Post>;
  stream(): Promise<TestStream>;
  close(): Promise<void>;
}

export function twiml(inside: string): Response {
  const headers = { "content-type": "text/xml" };
  return new Response(`<?xml version="1.0"?><Response>${inside}</Response>`, { headers });
}

export function connect(after = "", attributes = ""): Response {
  const stream =
    `<Stream url="wss://parley.example/media"><Parameter name="token" value="t1"/></Stream>`;
  return twiml(`<Connect ${attributes}>${stream}</Connect>${after}`);
}

/** Mu-law that is loud enough to be speech. */
export function loud(ms: number): Uint8Array {
  return new Uint8Array(ms * 8).fill(0x10);
}

export function startTestApp(): TestApp {
  const answers: TestApp["answers"] = {};
  const posts = new Inbox<Post>();
  const streams = new Inbox<TestStream>();

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const signature = request.headers.get("x-twilio-signature");
    if (request.headers.get("upgrade") === "websocket") {
      const expected = signRequest(account.authToken, `wss://parley.example${pathname}`);
      if (signature !== expected) return new Response("not signed", { status: 403 });
      const { socket, response } = Deno.upgradeWebSocket(request);
      streams.add(new TestStream(socket));
      return response;
    }
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    const expected = signRequest(account.authToken, publicUrl + pathname, Object.entries(form));
    const token = request.headers.get("i-twilio-idempotency-token");
    const post = { path: pathname, form, signed: signature === expected, token };
    posts.add(post);
    return answers[pathname]?.(form) ?? new Response(null, { status: 204 });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    answers,
    posts: posts.all,
    post: (path) => posts.take((post) => post.path === path),
    stream: () => streams.take(),
    close: () => server.shutdown(),
  };
}

type Message = Readonly<Record<string, unknown>> & { readonly event: string };

/** The app's end of one media stream. */
export class TestStream {
  readonly closed: Promise<number>;
  readonly #messages = new Inbox<Message>();
  streamSid = "";

  constructor(readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.event === "start") this.streamSid = message.streamSid;
      this.#messages.add(message);
    };
    this.closed = new Promise((resolve) => socket.onclose = ({ code }) => resolve(code));
  }

  next(event: string): Promise<Message> {
    return this.#messages.take((message) => message.event === event);
  }

  /** The very next message, whatever it is. */
  any(): Promise<Message> {
    return this.#messages.take();
  }

  send(message: Readonly<Record<string, unknown>>): void {
    this.socket.send(JSON.stringify({ ...message, streamSid: this.streamSid }));
  }

  play(audio: Uint8Array, mark?: string): void {
    this.send({ event: "media", media: { payload: encodeBase64(audio) } });
    if (mark !== undefined) this.send({ event: "mark", mark: { name: mark } });
  }
}
