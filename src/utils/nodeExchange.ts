import type { Buffer } from "node:buffer";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

export interface IncomingRequest {
  readonly request: Request;
  /** Throws away what nobody has read of the body: it stands before the connection's next request. */
  letGo(): void;
}

/** A request of `node:http` as the web platform has it; undefined for one that it cannot express. */
export function readRequest(incoming: IncomingMessage): IncomingRequest | undefined {
  try {
    const { method = "GET", url = "/", headers: { host = "localhost" } } = incoming;
    const hasBody = method !== "GET" && method !== "HEAD";
    const body = hasBody ? bodyOf(incoming) : undefined;
    const headers = headersOf(incoming.rawHeaders);
    const init = { method, headers, ...(body !== undefined && { body: body.stream }) };
    return {
      request: new Request(addressOf(url, host), init),
      letGo: () => body?.letGo(),
    };
  } catch {
    return undefined;
  }
}

/** Writes an answer; event streams are read as fast as the client takes them, others at once. */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body } = response;
  const fields = [...headers].flat();
  if (body === null || !isEventStream(headers)) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (hasLength(status)) fields.push("Content-Length", String(bytes.length));
    outgoing.writeHead(status, fields).end(bytes);
    return;
  }
  outgoing.writeHead(status, fields);
  outgoing.flushHeaders();
  const reader = body.getReader();
  const gone = new Promise<void>((resolve) => outgoing.once("close", resolve));
  gone.then(() => reader.cancel()).catch(() => {});
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (outgoing.write(value)) continue;
    await Promise.race([gone, new Promise<void>((resolve) => outgoing.once("drain", resolve))]);
  }
  outgoing.end();
}

/** Writes an answer to the bare socket of a request that wanted to become another protocol. */
export async function writeRefusal(response: Response, socket: Duplex): Promise<void> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const lines = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${bytes.length}`,
    "Connection: close",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.end(bytes);
}

/** A request line may hold a whole address; who is asked is told by `Host` alone. */
function addressOf(target: string, host: string): URL {
  const path = target.startsWith("/") ? target : pathIn(target);
  return new URL(`http://${host}${path}`);
}

function pathIn(target: string): string {
  const url = URL.parse(target);
  return url === null ? "/" : url.pathname + url.search;
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? "", raw[at + 1] ?? "");
  return headers;
}

/** Nothing is read ahead. */
function bodyOf(incoming: IncomingMessage) {
  let over = false;
  const letGo = () => {
    over = true;
    incoming.resume();
  };
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (finish: () => void) => {
        if (!over) finish();
        over = true;
      };
      incoming.pause();
      incoming.on("data", (chunk: Buffer) => {
        if (over) return;
        controller.enqueue(new Uint8Array(chunk));
        incoming.pause();
      });
      incoming.on("end", () => end(() => controller.close()));
      incoming.on("error", (error) => end(() => controller.error(error)));
      incoming.on("close", () => {
        end(() => controller.error(new Error("Cannot read the body: the client is gone")));
      });
    },
    pull: () => void incoming.resume(),
    cancel: letGo,
  }, { highWaterMark: 0 });
  return { stream, letGo };
}

function isEventStream(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

function hasLength(status: number): boolean {
  return status !== 204 && status !== 304;
}
