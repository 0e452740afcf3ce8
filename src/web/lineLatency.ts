import type { ServerMessage } from "../protocol/web.ts";
import { formatSpan } from "./formats.ts";
import { t } from "./text.ts";

/** A live line's latency, or that of a record, which has null for what is not known. */
export type LineLatency =
  & Omit<Extract<ServerMessage, { type: "latency" }>, "type" | "firstHeardMs">
  & {
    readonly firstHeardMs?: number | null;
    /** As the ear of this page's user got it: that is what is shown then. */
    readonly earMs?: number | undefined;
  };

/** What a line's latency is made of, in sentences. */
export function latencyTitle(latency: LineLatency): string {
  const { totalMs, responseMs, firstAudioMs, firstHeardMs, earMs } = latency;
  const [response, audio] = [formatSpan(responseMs), formatSpan(firstAudioMs)];
  const parts = firstHeardMs == null
    ? t("Response {response}, first audio {audio}.", { response, audio })
    : t("Response {response}, first audio {audio}, until heard {heard}.", {
      ...{ response, audio },
      heard: formatSpan(firstHeardMs),
    });
  const whole = earMs === undefined ? t("From the caller's last word to the agent's first.") : t(
    "From your last sound to the agent's first at your ear. On the server, from the noticed end of your turn: {span}.",
    { span: formatSpan(totalMs) },
  );
  return `${whole} ${parts}`;
}
