import { stampedFrame } from "../load/frames.ts";

export interface PunctualModel {
  readonly url: string;
  /** When the newest session was asked for its first response, and when its first audio left. */
  readonly askedAt: number;
  readonly spokeAt: number;
  /** From now on sessions are accepted, and answered by nothing. */
  stall(): void;
  close(): Promise<void>;
}

/**
 * A model that takes any session, and says the first of its greeting so long after it was asked to; where
 * it `finishes`, with all its words and an end.
 */
export function startPunctualModel(
  delayMs: number,
  { finishes = false }: { readonly finishes?: boolean } = {},
): PunctualModel {
  let stalled = false;
  let askedAt = NaN;
  let spokeAt = NaN;
  let events = 0;

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const send = (event: object) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify({ event_id: `event_${++events}`, ...event }));
    };
    let asked = false;
    socket.onopen = () => stalled || send({ type: "session.created", session: {} });
    socket.onmessage = ({ data }) => {
      if (stalled) return;
      const { type, response } = JSON.parse(data);
      if (type === "session.update") send({ type: "session.updated", session: {} });
      if (type !== "response.create" || asked) return;
      asked = true;
      askedAt = performance.now();
      const id = `resp_${events}`;
      const { metadata, instructions } = response;
      const begun = { id, status: "in_progress", output: [], metadata };
      send({ type: "response.created", response: begun });
      setTimeout(() => {
        spokeAt = performance.now();
        send({
          type: "response.output_audio.delta",
          response_id: id,
          item_id: `item_${id}`,
          output_index: 0,
          content_index: 0,
          delta: stampedFrame({ sequence: 0, sentAt: spokeAt }),
        });
        if (finishes) finish(send, id, /: "([^]+)"$/.exec(instructions)?.[1] ?? "");
      }, delayMs);
    };
    return response;
  });

  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    get askedAt() {
      return askedAt;
    },
    get spokeAt() {
      return spokeAt;
    },
    stall: () => void (stalled = true),
    close: () => server.shutdown(),
  };
}

/** The rest of a greeting: two seconds of tone, its words and its end. */
function finish(send: (event: object) => void, id: string, text: string): void {
  const place = { response_id: id, item_id: `item_${id}`, output_index: 0, content_index: 0 };
  const delta = new Uint8Array(16_000).fill(0x55).toBase64();
  send({ type: "response.output_audio.delta", ...place, delta });
  send({ type: "response.output_audio_transcript.delta", ...place, delta: text });
  send({ type: "response.output_audio.done", ...place });
  send({ type: "response.done", response: { id, status: "completed", output: [] } });
}
