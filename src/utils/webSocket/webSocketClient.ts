import { dial } from "./dial.ts";
import { FrameError, FrameReader, type ServerFrame } from "./frameReader.ts";
import { FrameWriter } from "./frameWriter.ts";
import { requestUpgrade, type UpgradeAnswer, type WebSocketTarget } from "./upgrade.ts";
import { writeAll } from "./writeAll.ts";

/** None of its methods is called before the constructor has returned, or after `close`. */
export interface WebSocketListener {
  /** With the headers of the answer. */
  onOpen(headers: Headers): void;
  /** A message that is not text comes as undefined. */
  onMessage(text: string | undefined): void;
  /** Once, and nothing after it. */
  onClose(end: WebSocketEnd): void;
}

export type WebSocketEnd =
  /** The URL or a header is not acceptable, or the host may not be reached. */
  | { readonly type: "unusable" }
  /** It never opened; `answer` where the server gave one. */
  | { readonly type: "refused"; readonly answer?: Extract<UpgradeAnswer, { type: "refused" }> }
  /** 1005 where the server gave no code, 1006 where it did not even close. */
  | { readonly type: "lost"; readonly code: number; readonly reason: string };

interface WebSocketOptions {
  readonly maxMessageBytes: number;
  /** How long a server may take to answer a close frame, or to end the body of a refusal. */
  readonly endTimeoutMs: number;
}

/**
 * A WebSocket client (RFC 6455) whose frames leave at once: Deno's own leaves Nagle's algorithm on, by
 * which a small frame waits for the acknowledgement of the one before it, a round trip or 40 ms. It has
 * no time limit for connecting, and knows no proxy.
 */
export class WebSocketClient {
  readonly #listener: WebSocketListener;
  readonly #options: WebSocketOptions;
  readonly #outgoing = new FrameWriter();
  /** Aborted when the connection is cut. */
  readonly #life = new AbortController();
  #connection: Deno.Conn | undefined;
  /** `open` from the server's acceptance until a close frame has been sent or the connection is lost. */
  #phase: "connecting" | "open" | "closing" = "connecting";
  /** `close` was called, or the listener has been told of the end. */
  #isSilent = false;
  /** Handed to the network and not taken by it yet. */
  #bytesInFlight = 0;
  #cutTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #ended: Promise<void>;

  constructor(
    target: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
    listener: WebSocketListener,
    options: WebSocketOptions,
  ) {
    this.#listener = listener;
    this.#options = options;
    this.#ended = this.#live(target).finally(() => goodbyes.delete(this.#ended));
  }

  /** Bytes that are sent but not yet taken by the network. */
  get bufferedAmount(): number {
    return this.#bytesInFlight + this.#outgoing.bytes;
  }

  /** Does nothing unless it is open. */
  send(text: string): void {
    if (this.#phase !== "open") return;
    this.#outgoing.text(text);
    this.#flush();
  }

  /** At any time, also while connecting. */
  close(): void {
    this.#isSilent = true;
    if (this.#phase === "connecting") this.#cut();
    else this.#sayGoodbye(1000);
  }

  /** From connecting to the end; rejects only with what `onClose` throws. */
  async #live(
    { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<void> {
    // The listener is not called before the constructor has returned.
    await undefined;
    let target: WebSocketTarget;
    try {
      target = targetOf(url, headers);
    } catch {
      return this.#end({ type: "unusable" });
    }
    try {
      this.#end(await this.#endOf(target));
      await this.#awaitEnd();
    } finally {
      this.#cut();
    }
  }

  async #endOf(target: WebSocketTarget): Promise<WebSocketEnd> {
    try {
      return await this.#converse(target);
    } catch (error) {
      const end = this.#phase === "connecting" ? failureOf(error) : LOST;
      // Whatever failed, nothing more is sent or waited for.
      this.#cut();
      return end;
    }
  }

  async #converse(target: WebSocketTarget): Promise<WebSocketEnd> {
    const connection = await dial(target.url, {
      signal: this.#life.signal,
      adopt: (connection) => this.#adopt(connection),
    });
    const answer = await requestUpgrade(connection, target, {
      bodyTimeoutMs: this.#options.endTimeoutMs,
    });
    if (answer.type === "refused") return { type: "refused", answer };
    // Closed while the answer was on its way to here.
    if (this.#life.signal.aborted) return LOST;
    this.#phase = "open";
    this.#listener.onOpen(answer.headers);
    const incoming = new FrameReader(this.#options);
    incoming.space.set(answer.rest);
    incoming.took(answer.rest.length);
    try {
      return await this.#listen(connection, incoming);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#sayGoodbye(error.code);
      return { type: "lost", code: error.code, reason: "" };
    }
  }

  /** Closes it where it comes too late, so that every use of it throws. */
  #adopt(connection: Deno.Conn): void {
    this.#connection = connection;
    if (this.#life.signal.aborted) connection.close();
  }

  /** Until the server closes, or a close frame has been sent. */
  async #listen(connection: Deno.Conn, incoming: FrameReader): Promise<WebSocketEnd> {
    for (;;) {
      for (let frame = incoming.next(); frame !== undefined; frame = incoming.next()) {
        if (this.#phase !== "open") return LOST;
        if (frame.type === "close") return this.#answerClose(frame);
        this.#receive(frame);
      }
      const count = await connection.read(incoming.space);
      if (count === null || this.#phase !== "open") return LOST;
      incoming.took(count);
    }
  }

  #receive(frame: Exclude<ServerFrame, { type: "close" }>): void {
    switch (frame.type) {
      case "text":
        return this.#listener.onMessage(frame.text);
      case "binary":
        return this.#listener.onMessage(undefined);
      case "ping":
        // A server that asks without reading the answers gets no more of them.
        if (this.bufferedAmount > MAX_BYTES_BEFORE_PONG) return;
        this.#outgoing.pong(frame.payload);
        return this.#flush();
    }
  }

  #answerClose({ code, reason }: Extract<ServerFrame, { type: "close" }>): WebSocketEnd {
    this.#sayGoodbye(code);
    return { type: "lost", code, reason };
  }

  #sayGoodbye(code: number): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    goodbyes.add(this.#ended);
    this.#outgoing.close(code);
    this.#flush();
    this.#cutSoon();
  }

  /** The server closes the connection; to close it first would discard a close frame on its way. */
  async #awaitEnd(): Promise<void> {
    if (this.#phase !== "closing" || this.#life.signal.aborted) return;
    const discarded = new Uint8Array(4096);
    try {
      while (await this.#connection?.read(discarded) !== null);
    } catch {
      // It has been cut, by either side.
    }
  }

  #flush(): void {
    if (this.#bytesInFlight === 0 && this.#connection !== undefined) {
      void this.#write(this.#connection);
    }
  }

  /** Writes all frames in the queue, and those that are added during the write; never rejects. */
  async #write(connection: Deno.Conn): Promise<void> {
    try {
      for (let bytes = this.#outgoing.take(); bytes !== undefined; bytes = this.#outgoing.take()) {
        this.#bytesInFlight = bytes.length;
        await writeAll(connection, bytes);
        this.#bytesInFlight = 0;
      }
    } catch {
      // Reading ends as well, but only after what has come, such as the reason.
      this.#cutSoon();
    }
  }

  #end(end: WebSocketEnd): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#listener.onClose(end);
  }

  #cutSoon(): void {
    if (this.#life.signal.aborted) return;
    this.#cutTimer ??= setTimeout(() => this.#cut(), this.#options.endTimeoutMs);
  }

  /** Ends reading and writing at once. */
  #cut(): void {
    clearTimeout(this.#cutTimer);
    this.#phase = "closing";
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    // Unlike `close`, throws nothing where it is closed, or is being taken over by TLS.
    this.#connection?.[Symbol.dispose]();
  }
}

/** Connections that have sent a close frame, until they end. */
const goodbyes = new Set<Promise<void>>();

/** Resolves once every server that was sent a close frame has answered it, or `endTimeoutMs` are over. */
export async function goodbyesAnswered(): Promise<void> {
  await Promise.allSettled(goodbyes);
}

const LOST: WebSocketEnd = { type: "lost", code: 1006, reason: "" };
const MAX_BYTES_BEFORE_PONG = 2 ** 16;

/** Throws for what cannot be sent. */
function targetOf(url: string, headers: Readonly<Record<string, string>>): WebSocketTarget {
  const parsed = new URL(url);
  if (!/^wss?:$/.test(parsed.protocol)) throw new Error("Cannot open a WebSocket: no such scheme");
  return { url: parsed, headers: new Headers(headers) };
}

function failureOf(error: unknown): WebSocketEnd {
  return error instanceof Deno.errors.NotCapable ? { type: "unusable" } : { type: "refused" };
}
