import { RESUME_PROTOCOL_PREFIX, TOKEN_PROTOCOL_PREFIX, WEB_PROTOCOL } from "../protocol/web.ts";
import { listsWord, readHeaderList } from "../utils/http/headerList.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** What a client connects with: a token for a call, or the one with which it comes back. */
export type OfferedToken =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "resume"; readonly token: string };

/**
 * Checks a WebSocket handshake (RFC 6455, 4.2.1) and returns the token that it offers beside the
 * protocol. Throws an `HttpProblem`. Complete, so that the token is claimed, and so used up, only
 * where nothing else can refuse the handshake.
 */
export function readHandshake({ headers }: Request, protocol = WEB_PROTOCOL): OfferedToken {
  if (!listsWord(headers.get("upgrade"), "websocket")) {
    throw new HttpProblem(426, "upgrade_required", "Only WebSockets connect here.", {
      headers: { "Upgrade": "websocket" },
    });
  }
  if (headers.get("sec-websocket-version")?.trim() !== "13") {
    throw new HttpProblem(
      426,
      "websocket_version",
      "The WebSocket handshake must be of version 13.",
      { headers: { "Upgrade": "websocket", "Sec-WebSocket-Version": "13" } },
    );
  }
  const key = headers.get("sec-websocket-key")?.trim() ?? "";
  if (!listsWord(headers.get("connection"), "upgrade") || !KEY.test(key)) {
    throw invalidUpgrade();
  }
  return offeredToken(headers.get("sec-websocket-protocol"), protocol);
}

/**
 * Upgrades a request; throws a 400 `HttpProblem` where Deno refuses the handshake.
 * Deno closes a socket that answers no ping for `idleTimeout` seconds; 0 switches that off.
 */
export function upgradeSocket(request: Request, idleTimeout: number): Deno.WebSocketUpgrade {
  try {
    return Deno.upgradeWebSocket(request, { idleTimeout });
  } catch (error) {
    throw error instanceof TypeError ? invalidUpgrade() : error;
  }
}

function invalidUpgrade(): HttpProblem {
  return new HttpProblem(400, "invalid_upgrade", "The WebSocket handshake is not valid.");
}

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** A protocol and a token take 60 characters. */
const MAX_PROTOCOLS_LENGTH = 1000;
/** As `newToken` makes them. */
const TOKEN = /^[\w-]{43}$/;

function offeredToken(header: string | null, protocol: string): OfferedToken {
  const offered = readHeaderList(header, MAX_PROTOCOLS_LENGTH);
  if (offered === undefined) {
    throw new HttpProblem(
      431,
      "header_too_long",
      `Sec-WebSocket-Protocol has at most ${MAX_PROTOCOLS_LENGTH} characters.`,
    );
  }
  const isSupported = offered.includes(protocol);
  if (!isSupported && offered.some((name) => name.startsWith("parley."))) {
    throw new HttpProblem(
      400,
      "unsupported_protocol",
      `This server speaks ${protocol} and no other version: offer that beside the token.`,
    );
  }
  const [named, ...others] = new Set(offered.filter((name) => kindOf(name) !== undefined));
  const kind = named === undefined ? undefined : kindOf(named);
  if (named === undefined || kind === undefined || !isSupported) {
    throw new HttpProblem(
      401,
      "token_required",
      `Offer two subprotocols: ${protocol} and ${TOKEN_PROTOCOL_PREFIX}<token>.`,
    );
  }
  if (others.length > 0) {
    throw new HttpProblem(400, "several_tokens", "Offer one token, and not several.");
  }
  const token = named.slice(named.indexOf(".") + 1);
  if (TOKEN.test(token)) return { kind, token };
  throw new HttpProblem(401, "invalid_token", "A token has 43 characters of base64url.");
}

function kindOf(name: string): OfferedToken["kind"] | undefined {
  if (name.startsWith(TOKEN_PROTOCOL_PREFIX)) return "token";
  return name.startsWith(RESUME_PROTOCOL_PREFIX) ? "resume" : undefined;
}
