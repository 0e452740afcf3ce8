/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentTitles, CallDetail } from "../apiTypes.ts";
import type { CallEvent } from "../callEvents.ts";
import { beganAt } from "../moments/beganAt.ts";
import type { Recording } from "../records/recordingTypes.ts";
import { describeDirection, describeEnd, describeParty } from "../callTexts.ts";
import { element, find } from "../elements.ts";
import { type FeedItem, followEvents } from "./eventFeed.ts";
import { LiveTranscript } from "./liveTranscript.ts";
import { createListenIn } from "./listenIn.ts";
import { createOperatorControls } from "./operatorControls.ts";
import { ActiveSpeaker } from "./activeSpeaker.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";

/**
 * Creates the view of one live call: its transcript as it grows, and the controls to act on it. The
 * view is shown until the call ends or the signal is aborted. Throws `RequestError`.
 */
export function createLiveCallView(
  titles: Promise<AgentTitles>,
): (id: string, signal: AbortSignal) => Promise<void> {
  const main = find("call", HTMLElement);
  const who = find("call-who", HTMLElement);
  const direction = find("call-way", HTMLElement);
  const status = find("call-status", HTMLElement);
  const clock = find("call-clock", HTMLElement);
  const recording = find("call-recording", HTMLElement);
  const transcript = new LiveTranscript(find("call-transcript", HTMLElement));
  const controls = createOperatorControls();
  const listenIn = createListenIn();

  return async function showCall(id, signal) {
    transcript.clear();
    controls.close();
    listenIn.close();
    for (const part of [who, direction, status, clock, recording]) part.textContent = "";
    const call = await fetchApiJson<CallDetail>(`/api/calls/${id}`, { signal });
    if (signal.aborted) return;
    // replace(), so that the back button does not return here.
    if (call.status === "ended") return location.replace(`#records/${id}`);
    who.textContent = describeParty(call);
    const agents = await titles;
    direction.textContent = describeDirection(call, agents);
    transcript.name(agents);
    controls.open(call);
    listenIn.open(id);
    showRecording(call.recording?.state);
    controls.showTransfer(call.transfers.at(-1));
    const ticking = setInterval(showClock, 1000, call);
    showClock(call);
    try {
      await follow(call, signal);
    } finally {
      clearInterval(ticking);
      controls.close();
      listenIn.close();
    }
  };

  async function follow(call: CallDetail, signal: AbortSignal): Promise<void> {
    const { id } = call;
    const speaker = new ActiveSpeaker();
    let began = beganAt(call);
    for await (const item of followEvents(`/api/calls/${id}/events`, signal)) {
      if (item.kind === "missed") {
        transcript.load(await fetchApiJson<CallDetail>(`/api/calls/${id}`, { signal }));
      } else if (item.kind === "event") {
        if (item.event.type === "ended") return showEnd(call, item.event);
        if (item.event.type === "transfer") controls.showTransfer(item.event);
        if (item.event.type === "recording") showRecording(item.event.state);
        const at = Date.parse(item.at);
        if (item.event.type === "started") began = at;
        if (item.event.type === "resumed") began = at - item.event.afterMs;
        speaker.apply(item.event);
        transcript.apply(item.event, Math.max(0, at - began));
      }
      showStatus(item, speaker);
    }
    if (!signal.aborted) location.replace(`#records/${id}`);
  }

  function showRecording(state: Recording["state"] | undefined): void {
    controls.showRecording(state);
    recording.dataset.state = state ?? "";
    recording.textContent = state === undefined ? "" : RECORDING[state];
  }

  function showStatus({ kind }: FeedItem, { who }: ActiveSpeaker): void {
    main.dataset.state = kind === "lost" ? "wait" : who;
    const text = kind === "lost" ? t("The server does not answer. Trying again…") : STATUS[who];
    // Only on a change, since screen readers announce every write.
    if (status.textContent !== text) status.textContent = text;
  }

  function showEnd(
    { id, direction }: CallDetail,
    { end, durationMs }: Extract<CallEvent, { type: "ended" }>,
  ): void {
    controls.close();
    recording.textContent = "";
    main.dataset.state = "quiet";
    clock.textContent = formatDuration(durationMs);
    const link = element("a", { href: `#records/${id}`, textContent: t("See its record") });
    status.replaceChildren(`${describeEnd(end, { direction })}. `, link);
  }

  function showClock({ startedAt }: CallDetail): void {
    clock.textContent = formatDuration(Math.max(0, Date.now() - Date.parse(startedAt)));
  }
}

const RECORDING: Readonly<Record<Recording["state"], string>> = {
  on: t("Recording"),
  paused: t("Recording paused"),
  stopped: "",
  refused: t("Not recorded: the caller has not agreed"),
  failed: t("Recording failed"),
};

const STATUS: Readonly<Record<ActiveSpeaker["who"], string>> = {
  agent: t("The agent is speaking"),
  caller: t("The caller is speaking"),
  listen: t("Nobody is speaking"),
  menu: t("In a phone menu"),
  hold: t("On hold: the agent waits, and the model hears no music"),
  ringing: t("The caller waits while a person is called"),
  person: t("The caller talks with a person"),
};
