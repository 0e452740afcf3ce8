import { FRAME_MS } from "../../bench/load/frames.ts";

/** A model with one session, which says what it is told to, a frame at a time. */
export interface LongModel extends AsyncDisposable {
  readonly url: string;
  /** A session is configured. */
  readonly ready: Promise<void>;
  /** A whole turn of the caller, understood. */
  hear(text: string): void;
  begin(): void;
  /** One more frame of 20 ms, and a word now and then. */
  say(): void;
  end(): void;
}

const FRAMES_PER_WORD = 15;
const FRAME = new Uint8Array(FRAME_MS * 8).fill(0x7f).toBase64();

export function startLongModel(): LongModel {
  const ready = Promise.withResolvers<void>();
  let socket: WebSocket | undefined;
  let responses = 0;
  let turns = 0;
  let frames = 0;
  const send = (event: Readonly<Record<string, unknown>>) => {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ event_id: "event_0", ...event }));
    }
  };
  const part = () => ({
    response_id: `resp_${responses}`,
    item_id: `item_${responses}`,
    output_index: 0,
    content_index: 0,
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const upgraded = Deno.upgradeWebSocket(request);
    socket = upgraded.socket;
    socket.onopen = () => send({ type: "session.created", session: {} });
    socket.onmessage = ({ data }) => {
      if (data.includes('"input_audio_buffer.append"')) return;
      const { type, event_id } = JSON.parse(data);
      // The question whether it is still there.
      if (type === "conversation.item.retrieve") {
        send({ type: "error", error: { type: "invalid_request_error", event_id, message: "" } });
      }
      if (type !== "session.update") return;
      send({ type: "session.updated", session: {} });
      ready.resolve();
    };
    return upgraded.response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    ready: ready.promise,
    hear(transcript) {
      const item_id = `user_${++turns}`;
      send({ type: "input_audio_buffer.speech_started", item_id });
      send({ type: "input_audio_buffer.speech_stopped", item_id });
      send({ type: "input_audio_buffer.committed", item_id });
      send({
        type: "conversation.item.input_audio_transcription.completed",
        item_id,
        content_index: 0,
        transcript,
      });
    },
    begin() {
      const response = { id: `resp_${++responses}`, status: "in_progress", output: [] };
      send({ type: "response.created", response });
      frames = 0;
    },
    say() {
      send({ type: "response.output_audio.delta", ...part(), delta: FRAME });
      if (frames++ % FRAMES_PER_WORD !== 0) return;
      const delta = ` word ${frames}`;
      send({ type: "response.output_audio_transcript.delta", ...part(), delta });
    },
    end() {
      send({ type: "response.output_audio.done", ...part() });
      const usage = { input_tokens: 10, output_tokens: 10, total_tokens: 20 };
      const response = { id: `resp_${responses}`, status: "completed", output: [], usage };
      send({ type: "response.done", response });
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
