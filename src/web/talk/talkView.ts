/// <reference lib="dom" />
import type { ServerMessage } from "../../protocol/web.ts";
import { RequestError, storeKey } from "../apiClient.ts";
import { createCallControls } from "./callControls.ts";
import { findRootCause } from "./startFault.ts";
import { readSoundChoice } from "./soundChoice.ts";
import { startCall, type WebCall } from "./webCall.ts";
import { createStartForm } from "./startForm.ts";
import type { ServerInfo } from "../serverInfo.ts";
import type { CallClosed } from "./lastingConnection.ts";
import { type LeftCall, mayPlayAtOnce, rememberLeft, takeLeft } from "./leftCall.ts";
import { createReturnOffer } from "./returnOffer.ts";
import { find } from "../elements.ts";
import { createTranscriptView } from "../transcriptView.ts";
import { createSoundProblemLine } from "./soundProblem.ts";
import {
  describeClosed,
  describeConnection,
  describeDevice,
  describeEnding,
  describeNotice,
} from "./talkTexts.ts";
import { keepAwake } from "./wakeLock.ts";
import { drawLevelMeter } from "./levelMeter.ts";
import { formatDuration } from "../formats.ts";

type Phase =
  | { readonly name: "idle" }
  | { readonly name: "starting"; readonly abort: AbortController }
  | { readonly name: "live"; readonly call: WebCall; readonly since: number };

const body = document.body;
const view = find("talk", HTMLElement);
const status = find("status", HTMLElement);
const clock = find("clock", HTMLElement);
const transcriptList = find("transcript", HTMLElement);
const agentTitles = new Map<string, string>();
const transcript = createTranscriptView(transcriptList, {
  caller: "You",
  titleOf: (agent) => agentTitles.get(agent) ?? agent,
});
const startForm = createStartForm({ onStart: (microphone) => start({ microphone }) });
const controls = createCallControls({
  onMuteChange: showStatus,
  onHangUp: () => leave(describeEnding("caller_hung_up")),
});
const soundProblem = createSoundProblemLine({
  onChange() {
    if (phase.name === "live") showStatus();
  },
  onRecovered: (text) => transcript.note(text),
  onRemedy() {
    if (phase.name === "live") phase.call.resumeSound();
  },
});
const returnOffer = createReturnOffer({
  onContinue: (left) => start({ microphone: left.microphone, left }),
  onGone: startForm.focus,
});
const levelMeter = drawLevelMeter(find("level-meter", HTMLCanvasElement));

const PAGE_LEFT = new RequestError("page_left", "The page was left, so the call ended.");

let phase: Phase = { name: "idle" };
let ending: string | undefined;
let allowSleep = () => {};
const speaking = { caller: false, agent: false };
let isRecovering = false;
/** Since when the connection is gone, by `performance.now()`. */
let lostSince: number | undefined;

setInterval(showClock, 500);
// Devices are released now: a page that is left may be frozen or discarded without another event.
addEventListener("pagehide", () => {
  if (phase.name === "starting") phase.abort.abort();
  if (phase.name !== "live") return;
  const { call, since } = phase;
  const { resumeToken, hasMicrophone: microphone } = call;
  if (resumeToken === undefined) return leave(PAGE_LEFT.message);
  const leftAt = Date.now();
  const startedAt = leftAt - (performance.now() - since);
  rememberLeft({ resumeToken, microphone, startedAt, leftAt });
  ending = PAGE_LEFT.message;
  call.leave();
  finish();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) offerReturn();
});

/** Shows the start form with the server's agents, or why no call can be started from here. */
export function showStart(server: ServerInfo): void {
  if (!startForm.offer(server)) {
    status.textContent = "Not available from here";
    return;
  }
  setPhase({ name: "idle" });
  offerReturn();
}

/** Goes on with the call that this page was left in, at once where the browser lets it. */
function offerReturn(): void {
  const left = phase.name === "idle" ? takeLeft() : undefined;
  if (left === undefined) return;
  if (mayPlayAtOnce()) start({ microphone: left.microphone, left });
  else returnOffer.show(left);
}

/** Brings the talk view up to date after another view was shown. */
export function showTalk(): void {
  startForm.takeStoredKey();
  transcriptList.scrollTop = transcriptList.scrollHeight;
}

/** Shows why a call could not be started; takes whatever was thrown. */
export function showStartProblem(error: unknown): void {
  setPhase({ name: "idle" });
  // The transcript of the previous call stays readable.
  if (transcriptList.childElementCount > 0) body.dataset.phase = "ended";
  startForm.showProblem(error);
}

/** Begins a call, or goes on with the one that was `left`. */
async function start(
  { microphone, left }: { readonly microphone: boolean; readonly left?: LeftCall },
): Promise<void> {
  if (phase.name !== "idle" || (left === undefined && !startForm.check())) return;
  const abort = new AbortController();
  setPhase({ name: "starting", abort });
  status.textContent = microphone ? "Waiting for the microphone…" : "Connecting…";
  startForm.clearProblem();
  Object.assign(speaking, { caller: false, agent: false });
  isRecovering = false;
  lostSince = undefined;
  ending = undefined;
  const { agent, key } = startForm;
  try {
    const by = left && { resumeToken: left.resumeToken };
    const call = await startCall({
      session: { agent },
      key,
      microphone,
      sound: readSoundChoice(),
      ...by,
    }, {
      onConnecting() {
        status.textContent = left === undefined ? "Connecting…" : "Reconnecting…";
        transcript.clear();
      },
      onMessage,
      onSound: soundProblem.update,
      onDevice: (change, name) => transcript.note(describeDevice(change, name)),
      onLost,
      onBack,
      onClose,
    }, abort.signal);
    // The page may have been left since the server was ready.
    if (abort.signal.aborted) {
      call.hangUp();
      return showStartProblem(PAGE_LEFT);
    }
    if (key !== "") storeKey(key);
    const elapsedMs = left === undefined ? 0 : Date.now() - left.startedAt;
    setPhase({ name: "live", call, since: performance.now() - elapsedMs });
  } catch (error) {
    showStartProblem(abort.signal.aborted ? PAGE_LEFT : await findRootCause(error));
  }
}

function onMessage(message: ServerMessage): void {
  switch (message.type) {
    case "transcript":
      return transcript.show(message);
    case "tool":
      return transcript.showTool(message);
    case "latency":
      return transcript.showLatency(message);
    case "speaking":
      speaking[message.who] = message.on;
      return showStatus();
    case "handoff":
      agentTitles.set(message.agent, message.title);
      return transcript.note(`The call goes on with ${message.title}.`);
    case "interrupted":
      return levelMeter.markInterruption();
    case "notice":
      return onNotice(message.code);
    case "error":
      return transcript.note(message.error);
    case "ended":
      ending = describeEnding(message.reason, message.detail);
      return;
  }
}

function onNotice(code: string): void {
  const isRepeated = code === "model_lost" && isRecovering;
  if (code.startsWith("model_")) isRecovering = code === "model_lost";
  const text = describeNotice(code);
  if (text !== undefined && !isRepeated) transcript.note(text);
  showStatus();
}

function onLost(): void {
  lostSince = performance.now();
  isRecovering = false;
  Object.assign(speaking, { caller: false, agent: false });
  transcript.note(describeConnection("lost"));
  showStatus();
  showClock();
}

function onBack(): void {
  lostSince = undefined;
  transcript.note(describeConnection("back"));
  showStatus();
  showClock();
}

function onClose({ code, end }: CallClosed): void {
  if (end !== undefined) ending ??= describeEnding(end.reason, end.detail);
  ending ??= describeClosed(code, navigator.onLine);
  finish();
}

function leave(reason: string): void {
  if (phase.name !== "live") return;
  ending = reason;
  phase.call.hangUp();
  finish();
}

function finish(): void {
  if (phase.name !== "live") return;
  const duration = formatDuration(performance.now() - phase.since);
  setPhase({ name: "idle" });
  body.dataset.phase = "ended";
  status.textContent = `${ending ?? describeEnding("leg_failed")} The call took ${duration}.`;
  startForm.offerAgain();
}

function setPhase(next: Phase): void {
  phase = next;
  const call = phase.name === "live" ? phase.call : undefined;
  if (phase.name === "idle") soundProblem.clear();
  allowSleep();
  allowSleep = call === undefined ? () => {} : keepAwake();
  body.dataset.phase = phase.name;
  startForm.setEnabled(phase.name === "idle");
  levelMeter.show(call);
  clock.textContent = "";
  controls.show(call);
  showStatus();
}

function showStatus(): void {
  const [state, text] = currentStatus();
  view.dataset.state = state;
  status.textContent = text;
  controls.setInterruptible(speaking.agent);
}

function currentStatus(): readonly [string, string] {
  if (phase.name !== "live") return ["quiet", "Not in a call"];
  if (lostSince !== undefined && navigator.onLine) return ["wait", "Reconnecting…"];
  const found = soundProblem.current;
  if (found?.agentInaudible === true) return ["wait", found.status];
  if (isRecovering) return ["wait", "Connecting to the model again…"];
  if (speaking.agent) return ["agent", "The agent is speaking"];
  if (speaking.caller && found === undefined) return ["caller", "You are speaking"];
  if (found !== undefined) return ["wait", found.status];
  if (!phase.call.hasMicrophone) return ["listen", "Waiting for what you type"];
  return phase.call.muted ? ["wait", "You are muted"] : ["listen", "Listening"];
}

function showClock(): void {
  if (phase.name !== "live") return;
  clock.textContent = lostSince === undefined
    ? formatDuration(performance.now() - phase.since)
    : `for ${formatDuration(performance.now() - lostSince)}`;
}
