import type { ModelLoss } from "../../call/realtimeClient.ts";
import { errorCodeOf, lossOfStatus } from "./modelLoss.ts";
import type { SocketTarget } from "./socket.ts";

/**
 * Asks over plain HTTP for the model that a refused handshake was about, since a WebSocket need not say
 * why it failed. Never throws.
 */
export async function diagnoseHandshake(
  { url, headers }: SocketTarget,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<ModelLoss> {
  try {
    const response = await fetch(modelUrl(url), {
      headers: { ...headers },
      // A redirect would carry the key to another host.
      redirect: "manual",
      signal,
    });
    if (response.ok) {
      await response.body?.cancel();
      return { code: "handshake_refused", retry: "backoff" };
    }
    return lossOfStatus(response.status, errorCodeOf(await response.text()));
  } catch {
    return { code: "network", retry: "backoff" };
  }
}

/** `wss://host/v1/realtime?model=m` -> `https://host/v1/models/m`. */
export function modelUrl(realtimeUrl: string): string {
  const url = new URL(realtimeUrl.replace(/^ws/, "http"));
  const model = url.searchParams.get("model") ?? "";
  const base = url.pathname.replace(/\/realtime\/?$/, "").replace(/\/$/, "");
  return `${url.origin}${base}/models/${encodeURIComponent(model)}`;
}
