import { FRAME_MS, stampedFrame } from "../../bench/load/frames.ts";
import { ACCOUNT } from "../../bench/load/account.ts";
import { callSidOf, requestStream, sign } from "../../bench/load/caller.ts";
import { FASTER } from "./fastClock.ts";

/** A phone whose time runs as fast as the server's. */
export interface LongPhone {
  /** One more frame of 20 ms towards the server. */
  speak(): void;
  readonly isOpen: boolean;
  hangUp(): Promise<void>;
}

/** Calls, and answers every mark when the audio before it has been played. */
export async function callForLong(origin: string): Promise<LongPhone> {
  const callSid = callSidOf(1);
  const token = await requestStream(origin, ACCOUNT, callSid);
  const url = `${ACCOUNT.publicUrl.replace("https:", "wss:")}/media`;
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/media`, {
    headers: { "x-twilio-signature": sign(ACCOUNT.authToken, url) },
  });
  const streamSid = `MZ${"1".padStart(32, "0")}`;
  let sequence = 1;
  let frames = 0;
  let playedUntil = 0;
  const waiting = new Map<ReturnType<typeof setTimeout>, string>();
  const send = (message: object) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ ...message, sequenceNumber: String(sequence++), streamSid }));
  };
  const echo = (name: string) => send({ event: "mark", mark: { name } });
  socket.onmessage = ({ data }) => {
    const { event, media, mark } = JSON.parse(data);
    const now = performance.now();
    if (event === "media") {
      const ms = media.payload.length * 0.75 / 8;
      playedUntil = Math.max(now, playedUntil) + ms / FASTER;
    } else if (event === "mark") {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        echo(mark.name);
      }, Math.max(0, playedUntil - now));
      waiting.set(timer, mark.name);
    } else if (event === "clear") {
      playedUntil = now;
      for (const [timer, name] of waiting) {
        clearTimeout(timer);
        echo(name);
      }
      waiting.clear();
    }
  };
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("Cannot open the media socket"));
  });
  socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
  send({
    event: "start",
    start: {
      accountSid: ACCOUNT.accountSid,
      streamSid,
      callSid,
      tracks: ["inbound"],
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      customParameters: { token },
    },
  });
  return {
    speak() {
      const payload = stampedFrame({ sequence: frames++, sentAt: 0 });
      const timestamp = String(frames * FRAME_MS);
      const media = { track: "inbound", chunk: String(frames), timestamp, payload };
      send({ event: "media", media });
    },
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    async hangUp() {
      send({ event: "stop", stop: { accountSid: ACCOUNT.accountSid, callSid } });
      socket.close();
      await closed;
    },
  };
}
