/** `fetch` as the MCP client calls it. */
export type McpFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` whose answers are cut off with an error where they grow beyond `maxBytes`, after
 * `onTooLong`; of an event stream, which may go on for days, each event counts by itself.
 */
export function boundFetch(
  maxBytes: number,
  onTooLong: () => void,
  fetchIt: McpFetch = fetch,
): McpFetch {
  return async function boundedFetch(url, init) {
    const response = await fetchIt(url, init);
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
    const { status, statusText, headers } = response;
    const body = response.body.pipeThrough(limit(maxBytes, isStream, onTooLong));
    return new Response(body, { status, statusText, headers });
  };
}

const NEWLINE = 10;
const RETURN = 13;

function limit(
  maxBytes: number,
  isStream: boolean,
  onTooLong: () => void,
): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let isLineEmpty = false;
  return new TransformStream({
    transform(chunk, controller) {
      if (!isStream) bytes += chunk.length;
      else {
        for (const byte of chunk) {
          if (byte === RETURN) continue;
          bytes = byte === NEWLINE && isLineEmpty ? 0 : bytes + 1;
          isLineEmpty = byte === NEWLINE;
        }
      }
      if (bytes > maxBytes) {
        onTooLong();
        throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
      }
      controller.enqueue(chunk);
    },
  });
}
