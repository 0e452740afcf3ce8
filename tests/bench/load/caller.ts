import { createHmac } from "node:crypto";
import { FRAME_MS, stampedFrame } from "./frames.ts";
import type { Direction } from "./measure.ts";

/** What a caller must know to be let in. */
export interface Account {
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  readonly publicUrl: string;
}

export interface Caller {
  /** One more frame of 20 ms towards the server. */
  speak(isLoud?: boolean): void;
  hangUp(): Promise<void>;
}

interface Message {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** How long a mark that has been played takes to come back. */
const ECHO_MS = 40;
const MS_PER_CHARACTER = 3 / 4 / 8;

/** Calls as Twilio would: signed webhook, TwiML, signed socket, `start`, frames; marks come back when played. */
export async function placeCall(
  origin: string,
  account: Account,
  index: number,
  heard: Direction,
): Promise<Caller> {
  const callSid = callSidOf(index);
  const token = await requestStream(origin, account, callSid);
  return join(origin, account, { callSid, token, index }, heard);
}

/** Straight to the media socket, for the forwarder that knows no webhook. */
export function join(
  origin: string,
  account: Account,
  { callSid, token, index }: { callSid: string; token: string; index: number },
  heard: Direction,
): Promise<Caller> {
  const streamSid = sid("MZ", index);
  const url = `${account.publicUrl.replace("https:", "wss:")}/media`;
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/media`, {
    headers: { "x-twilio-signature": sign(account.authToken, url) },
  });
  let sequence = 1;
  let frames = 0;
  const send = ({ event, ...rest }: Message) => {
    const sequenceNumber = String(sequence++);
    socket.send(JSON.stringify({ event, sequenceNumber, ...rest, streamSid }));
  };
  let playedUntil = 0;
  const echoes = new Set<ReturnType<typeof setTimeout>>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    const now = performance.now();
    if (message.event === "media") {
      const { payload } = message.media;
      heard.take(callSid, payload);
      playedUntil = Math.max(now, playedUntil) + payload.length * MS_PER_CHARACTER;
    } else if (message.event === "mark") {
      const timer = setTimeout(() => {
        echoes.delete(timer);
        echo(message.mark.name);
      }, Math.max(0, playedUntil - now) + ECHO_MS);
      echoes.add(timer);
    }
  };
  const echo = (name: string) => {
    if (socket.readyState === WebSocket.OPEN) send({ event: "mark", mark: { name } });
  };
  const { promise, resolve, reject } = Promise.withResolvers<Caller>();
  const closed = Promise.withResolvers<void>();
  socket.onclose = () => {
    for (const timer of echoes) clearTimeout(timer);
    closed.resolve();
    reject(new Error("The server closed the media socket"));
  };
  socket.onopen = () => {
    socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    send({
      event: "start",
      start: {
        accountSid: account.accountSid,
        streamSid,
        callSid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { token },
      },
    });
    resolve({
      speak(isLoud = false) {
        if (socket.readyState !== WebSocket.OPEN) return;
        const payload = stampedFrame({ sequence: frames++, sentAt: performance.now(), isLoud });
        const chunk = String(frames);
        const timestamp = String(frames * FRAME_MS);
        send({ event: "media", media: { track: "inbound", chunk, timestamp, payload } });
      },
      async hangUp() {
        if (socket.readyState === WebSocket.OPEN) {
          send({ event: "stop", stop: { accountSid: account.accountSid, callSid } });
          socket.close();
        }
        await closed.promise;
      },
    });
  };
  return promise;
}

/** Rings; gives the token with which the call's media stream is let in. */
export async function requestStream(
  origin: string,
  account: Account,
  callSid: string,
): Promise<string> {
  const fields: Record<string, string> = {
    AccountSid: account.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: callSid,
    CallStatus: "ringing",
    Direction: "inbound",
    From: "+14155550123",
    To: account.number,
  };
  const url = `${account.publicUrl}/twilio/voice`;
  const signed = url + Object.keys(fields).sort().map((key) => key + fields[key]).join("");
  const response = await fetch(`${origin}/twilio/voice`, {
    method: "POST",
    headers: { "x-twilio-signature": sign(account.authToken, signed) },
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  const token = /name="token" value="([^"]+)"/.exec(text)?.[1];
  if (token === undefined) throw new Error(`Cannot call: ${response.status} ${text.slice(0, 200)}`);
  return token;
}

export function callSidOf(index: number): string {
  return sid("CA", index);
}

/** As Twilio signs. */
export function sign(authToken: string, text: string): string {
  return createHmac("sha1", authToken).update(text).digest("base64");
}

function sid(prefix: string, index: number): string {
  return prefix + index.toString(16).padStart(32, "0");
}
