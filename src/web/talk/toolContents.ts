/// <reference lib="dom" />
import { RequestError } from "../apiClient.ts";
import { followEvents } from "../live/eventFeed.ts";

export interface ToolContent {
  readonly arguments: string;
  readonly output?: string;
}

/**
 * Follows what the tools of a call get and bring, from its beginning on, until it ends or the signal is
 * aborted. The voice socket does not tell: it is read from the call's events, with the key of this tab. False
 * where that is not allowed.
 */
export async function followToolContents(
  callId: string,
  onContent: (toolCallId: string, content: ToolContent) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const given = new Map<string, string>();
  try {
    for await (const item of followEvents(`/api/calls/${callId}/events`, signal)) {
      if (item.kind !== "event") continue;
      const { event } = item;
      if (event.type === "toolStarted") {
        given.set(event.toolCallId, event.arguments);
        onContent(event.toolCallId, { arguments: event.arguments });
      } else if (event.type === "toolEnded") {
        const { toolCallId: id, output } = event;
        onContent(id, { arguments: given.get(id) ?? "", output });
        given.delete(id);
      }
      if (event.type === "ended") return true;
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return false;
  }
  return true;
}
