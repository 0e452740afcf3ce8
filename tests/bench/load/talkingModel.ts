import { stampedFrame } from "./frames.ts";
import { Direction } from "./measure.ts";

export interface TalkingModel {
  readonly url: string;
  /** Audio from callers, as it arrives here. */
  readonly heard: Direction;
  readonly sessions: number;
  /** Frames that were sent, all sessions together. */
  readonly said: number;
  /** Every session says one more frame of 20 ms. */
  speak(): void;
  close(): Promise<void>;
}

interface Session {
  readonly socket: WebSocket;
  readonly id: string;
  said: number;
  talking: boolean;
}

/**
 * The least that can pass for OpenAI Realtime under load: it takes any session, never detects speech,
 * and begins one endless response when it is asked for the first, or when the first audio comes. Like
 * any model it is ahead of what is played: by half a second, and then it keeps the pace.
 */
export function startTalkingModel(
  { framesPerWord = Infinity, heard = new Direction(), serveOther = () => false }: {
    readonly framesPerWord?: number;
    readonly heard?: Direction;
    /** Takes a socket of a model that is not this one's, by the name of the model. */
    readonly serveOther?: (model: string, socket: WebSocket) => boolean;
  } = {},
): TalkingModel {
  const sessions = new Map<WebSocket, Session>();
  let opened = 0;
  let said = 0;

  function take(session: Session, text: string): void {
    if (text.startsWith('{"type":"input_audio_buffer.append"') || text.includes('append"')) {
      const { audio } = JSON.parse(text);
      heard.take(session.id, audio);
      if (!session.talking) begin(session);
      return;
    }
    const { type } = JSON.parse(text);
    if (type === "session.update") send(session, { type: "session.updated", session: {} });
    if (type === "response.create" && !session.talking) begin(session);
  }

  function begin(session: Session): void {
    session.talking = true;
    const response = { id: `resp_${session.id}`, status: "in_progress", output: [] };
    send(session, { type: "response.created", response });
    for (let i = 0; i < FRAMES_AHEAD; i++) say(session, performance.now());
  }

  function say(session: Session, sentAt: number): void {
    if (!session.talking || session.socket.readyState !== WebSocket.OPEN) return;
    said++;
    send(session, {
      type: "response.output_audio.delta",
      event_id: "event_0",
      response_id: `resp_${session.id}`,
      item_id: `item_${session.id}`,
      output_index: 0,
      content_index: 0,
      delta: stampedFrame({ sequence: session.said++, sentAt }),
    });
    if (session.said % framesPerWord === 0) sayWord(session);
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const model = new URL(request.url).searchParams.get("model") ?? "";
    if (serveOther(model, socket)) return response;
    const session: Session = { socket, id: `s${++opened}`, said: 0, talking: false };
    socket.onopen = () => {
      sessions.set(socket, session);
      send(session, { type: "session.created", session: {} });
    };
    socket.onmessage = ({ data }) => take(session, data);
    socket.onclose = () => sessions.delete(socket);
    return response;
  });

  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    heard,
    get sessions() {
      return sessions.size;
    },
    get said() {
      return said;
    },
    speak() {
      const sentAt = performance.now();
      for (const session of sessions.values()) say(session, sentAt);
    },
    close: () => server.shutdown(),
  };
}

const FRAMES_AHEAD = 25;

function send(session: Session, event: object): void {
  session.socket.send(JSON.stringify({ event_id: "event_0", ...event }));
}

function sayWord(session: Session): void {
  send(session, {
    type: "response.output_audio_transcript.delta",
    response_id: `resp_${session.id}`,
    item_id: `item_${session.id}`,
    output_index: 0,
    content_index: 0,
    delta: " and so on",
  });
}
