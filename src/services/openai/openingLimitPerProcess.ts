import { OpeningLimit } from "../../utils/openingLimit.ts";
import type { ModelLoss, OpenModel, RealtimeClient } from "../../call/realtimeClient.ts";

/**
 * Opens no more connections in a minute than that, all calls together. A call has a limit of its own,
 * far below, so that a broken one does not take from the others.
 */
export function limitOpenings(
  openModel: OpenModel,
  { maxPerMinute, now }: { readonly maxPerMinute: number; readonly now: () => number },
): OpenModel {
  const limit = new OpeningLimit([{ withinMs: 60_000, max: maxPerMinute }]);
  return (setup, sink) => {
    if (maxPerMinute === Infinity || limit.tryOpen(now())) return openModel(setup, sink);
    let closed = false;
    queueMicrotask(() => closed || sink.onInput({ type: "modelLost", loss: LIMIT_REACHED }));
    return { ...NEVER_OPENED, close: () => void (closed = true) };
  };
}

const LIMIT_REACHED: ModelLoss = { code: "open_limit", retry: "backoff" };

const NEVER_OPENED: Omit<RealtimeClient, "close"> = {
  sendAudio() {},
  commitAudio() {},
  clearInputBuffer() {},
  send() {},
};
