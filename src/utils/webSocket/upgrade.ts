import { createHash } from "node:crypto";
import { writeAll } from "./writeAll.ts";
import { joinBytes } from "../joinBytes.ts";

export interface WebSocketTarget {
  /** `ws://...` or `wss://...`; a fragment is not sent. */
  readonly url: URL;
  readonly headers: Headers;
}

/** What a server answered to the request for a WebSocket. */
export type UpgradeAnswer =
  /** `rest`: what came after it, less than 4 KB. */
  | { readonly type: "accepted"; readonly headers: Headers; readonly rest: Uint8Array }
  /** `body`: its beginning, 16 KB at most, as far as it came. */
  | { readonly type: "refused"; readonly status: number; readonly headers: Headers; body: string };

type Stream = Pick<Deno.Conn, "read" | "write"> & Disposable;

/**
 * Asks for a WebSocket (RFC 6455, section 4.1) without protocols and extensions. Throws where the answer
 * is not HTTP, is too long, or accepts something else. There is a time limit only for the body of a
 * refusal, after which the connection is closed.
 */
export async function requestUpgrade(
  connection: Stream,
  target: WebSocketTarget,
  { bodyTimeoutMs }: { readonly bodyTimeoutMs: number },
): Promise<UpgradeAnswer> {
  const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  await writeAll(connection, requestFor(target, key));
  const answer = new Answer(connection);
  for (let heads = 1; heads <= MAX_HEADS; heads++) {
    const { status, headers } = await answer.readHead();
    // Others, such as 103, only announce the answer.
    if (status >= 100 && status < 200 && status !== 101) continue;
    if (status !== 101) {
      const body = await answer.readBody(headers, bodyTimeoutMs);
      return { type: "refused", status, headers, body };
    }
    checkAcceptance(headers, key);
    return { type: "accepted", headers, rest: answer.rest };
  }
  throw new Error("Cannot open a WebSocket: the server only announces an answer");
}

function requestFor({ url, headers }: WebSocketTarget, key: string): Uint8Array {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    `User-Agent: ${navigator.userAgent}`,
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
  ];
  // Characters of header values stand for bytes.
  return Uint8Array.from(`${lines.join("\r\n")}\r\n\r\n`, (char) => char.charCodeAt(0));
}

function checkAcceptance(headers: Headers, key: string): void {
  const expected = createHash("sha1").update(key + KEY_SUFFIX).digest("base64");
  const isAccepted = headers.get("upgrade")?.toLowerCase() === "websocket" &&
    /(^|,)\s*upgrade\s*(,|$)/i.test(headers.get("connection") ?? "") &&
    headers.get("sec-websocket-accept") === expected &&
    // Neither was asked for.
    !headers.has("sec-websocket-extensions") && !headers.has("sec-websocket-protocol");
  if (!isAccepted) {
    throw new Error("Cannot open a WebSocket: the server switches to something else");
  }
}

const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MAX_HEAD_BYTES = 32_768;
/** `Headers` takes time that grows with the square of their number. */
const MAX_HEADERS = 200;
/** The answer, and what announces it. */
const MAX_HEADS = 8;
const MAX_BODY_BYTES = 16_384;

/** An HTTP answer as it arrives. */
class Answer {
  readonly #connection: Stream;
  readonly #chunk = new Uint8Array(4096);
  #received = new Uint8Array(0);

  constructor(connection: Stream) {
    this.#connection = connection;
  }

  /** What has come and is not read yet. */
  get rest(): Uint8Array {
    return this.#received;
  }

  async readHead(): Promise<{ readonly status: number; readonly headers: Headers }> {
    let [end, searched] = [-1, 0];
    while ((end = indexOf(this.#received, HEAD_END, searched)) < 0) {
      searched = Math.max(0, this.#received.length - HEAD_END.length);
      if (this.#received.length > MAX_HEAD_BYTES || !await this.#receive()) {
        throw new Error("Cannot open a WebSocket: the answer has no end or is too long");
      }
    }
    const head = String.fromCharCode(...this.#received.subarray(0, end));
    this.#received = this.#received.subarray(end + HEAD_END.length);
    return parseHead(head);
  }

  /** Gives as much as has come where it ends early, or not in time: the status is known. */
  async readBody(headers: Headers, timeoutMs: number): Promise<string> {
    const isChunked = /\bchunked\b/i.test(headers.get("transfer-encoding") ?? "");
    const length = headers.get("content-length") ?? "";
    const bytes = /^\d{1,15}$/.test(length) ? Number(length) : Infinity;
    const whole = () =>
      isChunked ? unchunked(this.#received) : {
        body: this.#received.subarray(0, bytes),
        isComplete: this.#received.length >= bytes,
      };
    // Ends a read that is under way.
    const timer = setTimeout(() => this.#connection[Symbol.dispose](), timeoutMs);
    while (!whole().isComplete && this.#received.length < MAX_BODY_BYTES) {
      if (!await this.#receive().catch(() => false)) break;
    }
    clearTimeout(timer);
    return new TextDecoder().decode(whole().body.subarray(0, MAX_BODY_BYTES));
  }

  /** False at the end of the connection. */
  async #receive(): Promise<boolean> {
    const count = await this.#connection.read(this.#chunk);
    if (count === null) return false;
    this.#received = joinBytes([this.#received, this.#chunk.subarray(0, count)]);
    return true;
  }
}

const HEAD_END = [13, 10, 13, 10];
const LINE_END = [13, 10];

function parseHead(head: string): { readonly status: number; readonly headers: Headers } {
  const [first = "", ...lines] = head.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new Error("Cannot open a WebSocket: the answer is not HTTP/1");
  if (lines.length > MAX_HEADERS) throw new Error("Cannot open a WebSocket: too many headers");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    // Throws where a name or a value is none.
    headers.append(line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

function unchunked(bytes: Uint8Array): { readonly body: Uint8Array; readonly isComplete: boolean } {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = indexOf(bytes, LINE_END, at);
    if (lineEnd < 0) return { body: joinBytes(parts), isComplete: false };
    const size = parseInt(String.fromCharCode(...bytes.subarray(at, lineEnd).slice(0, 8)), 16);
    if (!(size > 0)) return { body: joinBytes(parts), isComplete: true };
    const start = lineEnd + LINE_END.length;
    parts.push(bytes.subarray(start, start + size));
    at = start + size + LINE_END.length;
  }
}

function indexOf(bytes: Uint8Array, wanted: readonly number[], from = 0): number {
  for (let at = from; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
