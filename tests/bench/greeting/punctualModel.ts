import { stampedFrame } from "../load/frames.ts";

export interface PunctualModel {
  readonly url: string;
  /** When the newest session was asked for its first response, and when its first audio left. */
  readonly askedAt: number;
  readonly spokeAt: number;
  close(): Promise<void>;
}

/** A model that takes any session, and says the first of its greeting so long after it was asked to. */
export function startPunctualModel(delayMs: number): PunctualModel {
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
    socket.onopen = () => send({ type: "session.created", session: {} });
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(data);
      if (type === "session.update") send({ type: "session.updated", session: {} });
      if (type !== "response.create" || asked) return;
      asked = true;
      askedAt = performance.now();
      const id = `resp_${events}`;
      send({ type: "response.created", response: { id, status: "in_progress", output: [] } });
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
    close: () => server.shutdown(),
  };
}
