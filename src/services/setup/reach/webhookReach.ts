import type { Settings } from "../../../config/settings.ts";
import type { Finding } from "../setupCheck.ts";
import { barredFinding, type Reached, reachFault } from "./reachFault.ts";

const PATIENCE_MS = 5000;

/**
 * Whether the endpoints of `WEBHOOK_URL` and `CALL_URL` can be reached. They are asked with HEAD, which tells them
 * of no event; they may refuse it. Never rejects.
 */
export async function webhookReach(
  { webhook, callUrl }: Pick<Settings, "webhook" | "callUrl">,
): Promise<readonly Finding[]> {
  const named: readonly Reached[] = [
    ...(webhook === undefined ? [] : [{ place: "WEBHOOK_URL", url: new URL(webhook.url) }]),
    ...(callUrl === undefined ? [] : [{ place: "CALL_URL", url: new URL(callUrl.url) }]),
  ];
  return (await Promise.all(named.map(reach))).flatMap((found) => found ?? []);
}

async function reach(service: Reached): Promise<Finding | undefined> {
  const barred = barredFinding(service);
  if (barred !== undefined) return barred;
  try {
    const response = await fetch(service.url, {
      method: "HEAD",
      redirect: "manual",
      headers: { "user-agent": "Parley" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return answerFault(service, response.status);
  } catch (error) {
    return reachFault(service, error);
  }
}

function answerFault({ place, url }: Reached, status: number): Finding | undefined {
  const values = { place, host: url.host, status };
  if (status >= 300 && status < 400) {
    return {
      code: "service_redirects",
      state: "warning",
      text: "{place}: {host} sends requests elsewhere ({status}), which counts as a failure.",
      remedy: "Write the address that it leads to into {place}.",
      values,
    };
  }
  // 404 and 405 are what many answer to all but POST; 501 says that there is no HEAD.
  if (status < 500 && status !== 410 || status === 501) return undefined;
  return {
    code: "service_failing",
    state: "warning",
    text: "{place}: {host} answers with {status}.",
    remedy: "Look into the log of that service, or correct {place}.",
    values,
  };
}
