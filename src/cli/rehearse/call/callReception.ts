import { readStatus } from "../../../services/twilioOutbound.ts";
import { readForm } from "../../../utils/bodyReader.ts";
import { newToken } from "../../../utils/ids.ts";
import { present } from "../../../utils/present.ts";
import { validateTwilioForm, validateTwilioSocket } from "../../../utils/twilioValidate.ts";
import type { StreamEnd } from "./streamEnd.ts";

/** Where Twilio reaches the callers of a rehearsal. */
export interface CallReception extends AsyncDisposable {
  /** Lets one stream in, and status callbacks, under a path that nobody can guess. */
  expect(end: StreamEnd): {
    readonly streamUrl: string;
    readonly statusUrl: string;
    forget(): void;
  };
}

/** Every request is refused that Twilio has not signed for the public URL, before anything else is looked at. */
export function openReception(
  { hostname, port, publicUrl, authToken }: {
    readonly hostname: string;
    readonly port: number;
    readonly publicUrl: string;
    readonly authToken: string;
  },
): CallReception {
  const expected = new Map<string, StreamEnd>();
  const server = Deno.serve({ hostname, port, onListen: () => {} }, answer);

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const signature = request.headers.get("x-twilio-signature") ?? undefined;
    const signed = { authToken, signature, publicUrl, pathAndQuery: pathname + search };
    const [, token = "", status] = /^\/rehearse\/([\w-]{20,64})(\/status)?$/.exec(pathname) ?? [];
    if (status === undefined) {
      if (!validateTwilioSocket(signed)) return refused(403);
      const end = expected.get(token);
      const isUpgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
      if (end === undefined || !isUpgrade || end.isStarted) return refused(404);
      const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
      if (!end.attach(socket)) socket.onopen = () => socket.close(1000);
      return response;
    }
    if (request.method !== "POST") return refused(405);
    const form = await readForm(request, { maxBytes: 64 * 1024, maxFields: 200, timeoutMs: 5000 })
      .catch(() => undefined);
    if (form === undefined) return refused(400);
    if (!validateTwilioForm({ ...signed, params: form.value })) return refused(403);
    const word = readStatus(form.value.get("CallStatus"));
    const seconds = /^\d{1,6}$/.exec(form.value.get("CallDuration") ?? "")?.[0];
    const durationSeconds = seconds === undefined ? undefined : Number(seconds);
    if (word !== undefined) {
      expected.get(token)?.report({ status: word, ...present({ durationSeconds }) });
    }
    return new Response(null, { status: 204 });
  }

  return {
    expect(end) {
      const token = newToken();
      expected.set(token, end);
      const path = `/rehearse/${token}`;
      return {
        streamUrl: publicUrl.replace(/^http/, "ws") + path,
        statusUrl: `${publicUrl}${path}/status`,
        forget: () => void expected.delete(token),
      };
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function refused(status: number): Response {
  return new Response(null, { status });
}
