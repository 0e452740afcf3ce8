/// <reference lib="dom" />
import { askApi } from "./apiClient.ts";
import type { CallDetail, CallEvent } from "./callAnswers.ts";
import { describeEnd, describeWay, nameParty } from "./recordTexts.ts";
import { element, find } from "./elements.ts";
import { type FeedItem, followEvents } from "./eventFeed.ts";
import { createLiveScript } from "./liveTranscript.ts";
import { createOperatorDesk } from "./operatorDesk.ts";
import { createSpeaking, type Speaking } from "./activeSpeaker.ts";
import { formatDuration } from "./callTexts.ts";

/** One call in progress: what is said in it, and the means to step in. */
export interface LiveCallView {
  /** Settles when the call is over, or when the signal ends it. Throws `Refusal`. */
  open(id: string, signal: AbortSignal): Promise<void>;
}

export function createLiveCallView(titles: Promise<ReadonlyMap<string, string>>): LiveCallView {
  const main = find("call", HTMLElement);
  const who = find("call-who", HTMLElement);
  const way = find("call-way", HTMLElement);
  const status = find("call-status", HTMLElement);
  const clock = find("call-clock", HTMLElement);
  const script = createLiveScript(find("call-script", HTMLElement));
  const desk = createOperatorDesk();

  return {
    async open(id, signal) {
      script.empty();
      desk.close();
      for (const part of [who, way, status, clock]) part.textContent = "";
      const call = await askApi<CallDetail>(`/api/calls/${id}`, { signal });
      if (signal.aborted) return;
      // In its place, so that the way back does not lead here again.
      if (call.status === "ended") return location.replace(`#records/${id}`);
      who.textContent = nameParty(call);
      way.textContent = describeWay(call, await titles);
      desk.open(call);
      const ticking = setInterval(showClock, 1000, call);
      showClock(call);
      try {
        await follow(call, signal);
      } finally {
        clearInterval(ticking);
        desk.close();
      }
    },
  };

  async function follow({ id, startedAt }: CallDetail, signal: AbortSignal): Promise<void> {
    const speaking = createSpeaking();
    for await (const item of followEvents(`/api/calls/${id}/events`, signal)) {
      if (item.kind === "missed") {
        script.begin(await askApi<CallDetail>(`/api/calls/${id}`, { signal }));
      } else if (item.kind === "event") {
        if (item.event.type === "ended") return showEnd(id, item.event);
        speaking.tell(item.event);
        script.tell(item.event, Math.max(0, Date.parse(item.at) - Date.parse(startedAt)));
      }
      showStatus(item, speaking);
    }
    if (!signal.aborted) location.replace(`#records/${id}`);
  }

  function showStatus({ kind }: FeedItem, { who }: Speaking): void {
    main.dataset.state = kind === "lost" ? "wait" : who;
    const words = kind === "lost" ? "The server does not answer. Trying again…" : WORDS[who];
    // Written only when it changes: it is read aloud.
    if (status.textContent !== words) status.textContent = words;
  }

  function showEnd(id: string, { end, durationMs }: Extract<CallEvent, { type: "ended" }>): void {
    desk.close();
    main.dataset.state = "quiet";
    clock.textContent = formatDuration(durationMs);
    const link = element("a", { href: `#records/${id}`, textContent: "See its record" });
    status.replaceChildren(`${describeEnd(end)}. `, link);
  }

  function showClock({ startedAt }: CallDetail): void {
    clock.textContent = formatDuration(Math.max(0, Date.now() - Date.parse(startedAt)));
  }
}

const WORDS = {
  agent: "The agent is speaking",
  caller: "The caller is speaking",
  listen: "Nobody is speaking",
} as const;
