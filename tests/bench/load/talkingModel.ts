import { stampedFrame, stampedFrames } from "./frames.ts";
import { Direction } from "./measure.ts";
import { TurnsOfCaller } from "./turnsOfCaller.ts";

export interface TalkingModel {
  readonly url: string;
  /** Audio from callers, as it arrives here. */
  readonly heard: Direction;
  readonly sessions: number;
  /** Frames that were sent in all sessions of callers; in others a server may record sentences. */
  readonly said: number;
  /** The time of one more frame of 20 ms has passed, for every `of`th session from the `first` on. */
  speak(first?: number, of?: number): void;
  close(): Promise<void>;
}

/** How a model talks: without an end, a small delta for each 20 ms, or in turns with the caller. */
export type Shape = "deltas" | "conversation";

interface TalkingModelOptions {
  readonly shape?: Shape;
  readonly framesPerWord?: number;
  readonly heard?: Direction;
  /** Takes a socket of a model that is not this one's, by the name of the model. */
  readonly serveOther?: (model: string, socket: WebSocket) => boolean;
}

/** A message of the model's. */
interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Session {
  readonly socket: WebSocket;
  readonly id: string;
  readonly turns: TurnsOfCaller;
  said: number;
  responses: number;
  /** Audio of the running response that is still to be sent, in frames; none runs where it is undefined. */
  framesLeft: number | undefined;
  ticks: number;
  /** Whether the bridge leaves it to the model to answer a turn. */
  answersByItself: boolean;
}

/**
 * The least that can pass for OpenAI Realtime under load. With `deltas` it takes any session, never
 * detects speech, and begins one endless response when it is asked for the first, or when the first audio
 * comes; it is ahead of what is played by half a second, and then keeps the pace. In a `conversation`
 * each turn of the caller's is answered by some seconds of audio, which come five times as fast as they
 * are played, with all the events that OpenAI sends beside them.
 */
export function startTalkingModel(options: TalkingModelOptions = {}): TalkingModel {
  const { shape = "deltas", framesPerWord = Infinity, heard = new Direction() } = options;
  const sessions = new Map<WebSocket, Session>();
  const withCaller = new Set<Session>();
  let opened = 0;

  function take(session: Session, text: string): void {
    if (text.startsWith('{"type":"input_audio_buffer.append"') || text.includes('append"')) {
      const { audio } = JSON.parse(text);
      withCaller.add(session);
      heard.take(session.id, audio);
      if (shape === "conversation") follow(session, audio);
      else if (session.framesLeft === undefined) begin(session, Infinity);
      return;
    }
    const event = JSON.parse(text);
    if (event.type === "session.update") {
      session.answersByItself =
        event.session?.audio?.input?.turn_detection?.create_response !== false;
      send(session, { type: "session.updated", session: {} });
    }
    // The heartbeat asks for an item that does not exist.
    if (event.type === "conversation.item.retrieve") {
      const { event_id } = event;
      send(session, { type: "error", error: { type: "invalid_request_error", event_id } });
    }
    if (event.type === "response.create" && session.framesLeft === undefined) {
      begin(session, shape === "deltas" ? Infinity : ANSWER_FRAMES);
    }
  }

  function follow(session: Session, audio: string): void {
    const change = session.turns.hear(audio);
    if (change === undefined) return;
    const itemId = `turn_${session.id}_${session.turns.count}`;
    if (change === "began") {
      return send(session, {
        type: "input_audio_buffer.speech_started",
        item_id: itemId,
        audio_start_ms: 0,
      });
    }
    const item = { id: itemId, type: "message", role: "user", content: [] };
    for (
      const event of [
        { type: "input_audio_buffer.speech_stopped", item_id: itemId, audio_end_ms: 0 },
        { type: "input_audio_buffer.committed", item_id: itemId },
        { type: "conversation.item.added", item },
        { type: "conversation.item.done", item },
        {
          type: "conversation.item.input_audio_transcription.completed",
          item_id: itemId,
          content_index: 0,
          transcript: "Do you have a table for two on Friday evening?",
          usage: { type: "duration", seconds: 3 },
        },
      ]
    ) send(session, event);
    if (session.answersByItself && session.framesLeft === undefined) begin(session, ANSWER_FRAMES);
  }

  function begin(session: Session, frames: number): void {
    session.responses++;
    session.framesLeft = frames;
    const { item, response, ref } = partsOf(session);
    send(session, { type: "response.created", response });
    if (shape === "conversation") {
      send(session, { type: "response.output_item.added", ...ref, item });
      send(session, { type: "conversation.item.added", item });
      send(session, { type: "response.content_part.added", ...ref, part: { type: "audio" } });
      return;
    }
    for (let i = 0; i < FRAMES_AHEAD; i++) say(session, performance.now());
  }

  function say(session: Session, sentAt: number): void {
    if (session.framesLeft === undefined || session.socket.readyState !== WebSocket.OPEN) return;
    const delta = stampedFrame({ sequence: session.said++, sentAt });
    send(session, { type: "response.output_audio.delta", ...partsOf(session).ref, delta });
    if (session.said % framesPerWord === 0) sayWords(session, " and so on");
  }

  function sayOn(session: Session): void {
    const { framesLeft } = session;
    if (framesLeft === undefined || session.socket.readyState !== WebSocket.OPEN) return;
    if (session.ticks++ % TICKS_PER_DELTA !== 0) return;
    if (framesLeft === 0) return finish(session);
    session.framesLeft = framesLeft - FRAMES_PER_DELTA;
    const sentAt = performance.now();
    const stamps = Array.from({ length: FRAMES_PER_DELTA }, () => ({
      sequence: session.said++,
      sentAt,
    }));
    const { ref } = partsOf(session);
    send(session, { type: "response.output_audio.delta", ...ref, delta: stampedFrames(stamps) });
    sayWords(session, " and so on");
  }

  function finish(session: Session): void {
    const { item, response, ref } = partsOf(session);
    const transcript = " and so on".repeat(ANSWER_FRAMES / FRAMES_PER_DELTA);
    const part = { type: "audio", transcript };
    const content = [{ type: "output_audio", transcript }];
    const done = { ...item, status: "completed", content };
    send(session, { type: "response.output_audio.done", ...ref });
    send(session, { type: "response.output_audio_transcript.done", ...ref, transcript });
    send(session, { type: "response.content_part.done", ...ref, part });
    send(session, { type: "conversation.item.done", item: done });
    send(session, { type: "response.output_item.done", ...ref, item: done });
    send(session, {
      type: "response.done",
      response: { ...response, status: "completed", output: [done], usage: USAGE },
    });
    send(session, { type: "rate_limits.updated", rate_limits: [] });
    session.framesLeft = undefined;
  }

  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      const model = new URL(request.url).searchParams.get("model") ?? "";
      if (options.serveOther?.(model, socket) === true) return response;
      const session: Session = {
        socket,
        id: `s${++opened}`,
        turns: new TurnsOfCaller(),
        said: 0,
        responses: 0,
        framesLeft: undefined,
        ticks: 0,
        answersByItself: true,
      };
      socket.onopen = () => {
        sessions.set(socket, session);
        send(session, { type: "session.created", session: {} });
      };
      socket.onmessage = ({ data }) => take(session, data);
      socket.onclose = () => sessions.delete(socket);
      return response;
    },
  );

  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    heard,
    get sessions() {
      return sessions.size;
    },
    get said() {
      return [...withCaller].reduce((sum, { said }) => sum + said, 0);
    },
    speak(first = 0, of = 1) {
      const sentAt = performance.now();
      let index = 0;
      for (const session of sessions.values()) {
        if (index++ % of !== first) continue;
        if (shape === "deltas") say(session, sentAt);
        else sayOn(session);
      }
    },
    close: () => server.shutdown(),
  };
}

const FRAMES_AHEAD = 25;
/** Answers are 3.6 s long, and take 0.72 s to come. */
const ANSWER_FRAMES = 180;
const FRAMES_PER_DELTA = 10;
const TICKS_PER_DELTA = 2;
const USAGE = {
  total_tokens: 900,
  input_tokens: 800,
  output_tokens: 100,
  input_token_details: {
    text_tokens: 500,
    audio_tokens: 300,
    cached_tokens: 640,
    cached_tokens_details: { text_tokens: 448, audio_tokens: 192 },
  },
  output_token_details: { text_tokens: 28, audio_tokens: 72 },
};

function partsOf({ id, responses }: Session) {
  const responseId = `resp_${id}_${responses}`;
  const itemId = `item_${id}_${responses}`;
  return {
    item: { id: itemId, type: "message", role: "assistant", status: "in_progress", content: [] },
    response: { id: responseId, object: "realtime.response", status: "in_progress", output: [] },
    ref: { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 },
  };
}

function send(session: Session, { type, ...event }: Message): void {
  session.socket.send(JSON.stringify({ type, event_id: "event_0", ...event }));
}

function sayWords(session: Session, delta: string): void {
  const { ref } = partsOf(session);
  send(session, { type: "response.output_audio_transcript.delta", ...ref, delta });
}
