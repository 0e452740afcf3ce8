import type { ModelLoss } from "../../call/realtimeClient.ts";
import { isAzure } from "./credentials.ts";
import { errorIn, type LossDetails, lossOfStatus } from "./modelLoss.ts";
import type { SocketTarget } from "./socket.ts";

/** Why a handshake failed. */
type Diagnosis = LossDetails & { readonly loss: ModelLoss };

/**
 * Asks over plain HTTP, with the same credentials, for what a failed handshake was about, since a
 * WebSocket need not say why it failed. Never throws.
 */
export async function diagnoseHandshake(
  { url, headers }: SocketTarget,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<Diagnosis> {
  try {
    const response = await fetch(questionUrl(url), {
      headers: { ...headers },
      // A redirect would carry the key to another host.
      redirect: "manual",
      signal,
    });
    const { status } = response;
    if (response.ok) {
      await response.body?.cancel();
      return { loss: UNEXPLAINED };
    }
    const error = errorIn((await response.text()).slice(0, MAX_BODY_CHARS));
    const loss = lossOfStatus(status, error?.code);
    // Not every server has such a page, and one that lacks it says nothing of the model.
    const conclusive = loss.code !== "model_not_found" || isConclusive(url, error?.code);
    return { ...error, status, loss: conclusive ? loss : UNEXPLAINED };
  } catch {
    return { loss: { code: "network", retry: "backoff" } };
  }
}

/**
 * `wss://host/v1/realtime?model=m` -> `https://host/v1/models/m`, with what else the query holds, such as
 * a key. Azure has no such page, and is asked for the socket's own.
 */
export function questionUrl(realtimeUrl: string): string {
  const url = new URL(realtimeUrl.replace(/^ws/, "http"));
  if (isAzure(url.hostname)) return url.href;
  const model = url.searchParams.get("model") ?? "";
  url.searchParams.delete("model");
  const base = url.pathname.replace(/\/realtime\/?$/, "").replace(/\/$/, "");
  url.pathname = `${base}/models/${encodeURIComponent(model)}`;
  return url.href;
}

const UNEXPLAINED: ModelLoss = { code: "handshake_refused", retry: "backoff" };
const MAX_BODY_CHARS = 16_384;

function isConclusive(url: string, errorCode: string | undefined): boolean {
  return new URL(url).hostname === "api.openai.com" ||
    /^(model_not_found|DeploymentNotFound)$/.test(errorCode ?? "");
}
