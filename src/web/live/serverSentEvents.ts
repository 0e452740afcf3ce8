/** One event of the stream; `data` lines are joined by line breaks. */
export interface ServerSentEvent {
  /** Empty where the event has none. */
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** Parses a response body as server-sent events; `onBytes` is called for every chunk, comments too. */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: () => void = () => {},
): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let event = { id: "", name: "message", data: "" };
  for await (const bytes of chunksOf(body)) {
    onBytes();
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const ended of lines) {
      const line = ended.replace(/\r$/, "");
      if (line === "") {
        if (event.data !== "") yield event;
        event = { id: "", name: "message", data: "" };
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === "id") event.id = value;
      else if (field === "event") event.name = value;
      else if (field === "data") event.data += event.data === "" ? value : `\n${value}`;
    }
  }
}

/** Not every browser can iterate over a stream. */
async function* chunksOf<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
