import { signRequest } from "../../../src/sim/twilio/api/signature.ts";
import { TOKEN_PROTOCOL_PREFIX, WEB_PROTOCOL } from "../../../src/protocol/web.ts";
import { type FrameOptions, openRawSocket } from "../../support/servers/rawSocket.ts";
import type { Junk } from "./junk.ts";
import * as messages from "./properMessages.ts";
import { pause } from "../pause.ts";

export interface Target {
  readonly origin: string;
  readonly publicUrl: string;
  readonly authToken: string;
  readonly keys: readonly string[];
  /** The agent whose model is hostile, too. */
  readonly agent: string;
}

/** Sends malformed messages one way, and resolves with how many; never rejects for what the server does. */
export type Attack = (target: Target, junk: Junk) => Promise<number>;

/** Messages of one socket. */
const PER_SOCKET = 40;
/** An attack that takes all of the machine's time is one on the machine. */
const PACE_MS = 20;
const MAX_MEDIA_CHARS = 80_000;
const MAX_WEB_CHARS = 300_000;

/** A media stream with a token of its own, which turns out to be mad. */
export const mediaStream: Attack = async (target, junk) => {
  const callSid = sid(junk);
  const twiml = await webhook(target, `/twilio/voice?agent=${target.agent}`, {
    ...messages.ringing,
    CallSid: callSid,
  });
  const token = /name="token" value="([^"]+)"/.exec(twiml)?.[1] ?? "";
  return await talkMedia(target, junk, messages.start(callSid, token));
};

/** A media socket that begins with nothing that makes sense. */
export const strangeStream: Attack = (target, junk) => talkMedia(target, junk);

export const browser: Attack = async (target, junk) => {
  const token = await tokenOf(target, junk);
  const socket = new WebSocket(`${target.origin.replace("http", "ws")}/web`, {
    protocols: [WEB_PROTOCOL, TOKEN_PROTOCOL_PREFIX + token],
    headers: { origin: target.origin },
  });
  return await send(
    socket,
    PER_SOCKET,
    () =>
      junk.below(4) === 0
        ? junk.bytes(junk.below(50) === 0 ? MAX_WEB_CHARS : 2000)
        : junk.text(junk.pick(messages.web), MAX_WEB_CHARS),
  );
};

/** WebSocket frames that RFC 6455 forbids, and messages that are never finished. */
export const frames: Attack = async (target, junk) => {
  const isWeb = junk.below(2) === 0;
  const url = `${target.publicUrl.replace("https", "wss")}/media`;
  const headers: Record<string, string> = isWeb
    ? {
      "Sec-WebSocket-Protocol": `${WEB_PROTOCOL}, ${TOKEN_PROTOCOL_PREFIX}${await tokenOf(
        target,
        junk,
      )}`,
    }
    : { "X-Twilio-Signature": signRequest(target.authToken, url) };
  using socket = await openRawSocket(target.origin, isWeb ? "/web" : "/media", headers);
  for (let sent = 0; sent < 8; sent++) {
    const options: FrameOptions = {
      opcode: junk.pick([0, 0, 1, 1, 2, 3, 7, 8, 9, 10, 11, 15, 0x40, 0x21]),
      final: junk.below(2) === 0,
      masked: junk.below(8) > 0,
    };
    if (junk.below(6) === 0) await socket.bytes(junk.bytes(3000));
    else await socket.frame(junk.bytes(junk.pick([0, 100, 130, 5000])), options);
  }
  return 8;
};

export const api: Attack = async (target, junk) => {
  const [method, path, body] = junk.pick(messages.api);
  const answer = await fetch(target.origin + path, {
    method,
    headers: {
      "Authorization": `Bearer ${junk.below(10) === 0 ? junk.text({}, 50) : keyOf(target, junk)}`
        .replace(/[^\x20-\x7e]/g, "?"),
      "Content-Type": junk.pick(["application/json", "application/json", "text/plain", "x/y+json"]),
      "Idempotency-Key": String(junk.below(1000)),
    },
    ...(method !== "GET" && {
      body: junk.below(8) === 0 ? junk.bytes(5000) : junk.text(body, MAX_WEB_CHARS),
    }),
  });
  await answer.body?.cancel();
  return 1;
};

export const webhooks: Attack = async (target, junk) => {
  const fields: Record<string, string> = { ...messages.ringing, CallSid: sid(junk) };
  for (let spoilt = 0; spoilt < 3; spoilt++) {
    fields[junk.pick(messages.formFields)] = (JSON.stringify(junk.value(10_000)) ?? "")
      .toWellFormed();
  }
  await webhook(target, junk.pick(messages.webhookPaths), fields, junk.below(4) > 0);
  return 1;
};

async function talkMedia(target: Target, junk: Junk, first?: string): Promise<number> {
  const url = `${target.publicUrl.replace("https", "wss")}/media`;
  const socket = new WebSocket(`${target.origin.replace("http", "ws")}/media`, {
    headers: { "x-twilio-signature": signRequest(target.authToken, url) },
  });
  let isFirst = true;
  return await send(socket, PER_SOCKET, () => {
    if (isFirst && first !== undefined) {
      isFirst = false;
      return first;
    }
    return junk.below(8) === 0
      ? junk.bytes(2000)
      : junk.text(junk.pick(messages.media), MAX_MEDIA_CHARS);
  });
}

/** Sends until the server has had enough. */
async function send(
  socket: WebSocket,
  count: number,
  next: () => string | Uint8Array<ArrayBuffer>,
): Promise<number> {
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  socket.onerror = (event) => event.preventDefault();
  const opened = new Promise<void>((resolve) => socket.onopen = () => resolve());
  await Promise.race([opened, closed]);
  let sent = 0;
  while (sent < count && socket.readyState === WebSocket.OPEN) {
    socket.send(next());
    sent++;
    await pause(PACE_MS);
  }
  if (socket.readyState === WebSocket.OPEN) socket.close();
  await closed;
  return sent;
}

async function tokenOf(target: Target, junk: Junk): Promise<string> {
  const answer = await fetch(`${target.origin}/api/web/session`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${keyOf(target, junk)}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ agent: target.agent }),
  });
  const { token = "" } = await answer.json();
  return token;
}

async function webhook(
  { origin, publicUrl, authToken }: Target,
  path: string,
  fields: Readonly<Record<string, string>>,
  isSigned = true,
): Promise<string> {
  const signature = isSigned
    ? signRequest(authToken, publicUrl + path, Object.entries(fields))
    : "wrong";
  const answer = await fetch(origin + path, {
    method: "POST",
    headers: { "X-Twilio-Signature": signature },
    body: new URLSearchParams(fields),
  });
  return await answer.text();
}

function keyOf({ keys }: Target, junk: Junk): string {
  return junk.pick(keys);
}

function sid(junk: Junk): string {
  return `CA${Array.from({ length: 32 }, () => junk.below(16).toString(16)).join("")}`;
}
