/// <reference lib="dom" />
import type { ServerMessage } from "../../protocol/web.ts";
import { RequestError, storeKey } from "../apiClient.ts";
import { createCallControls } from "./callControls.ts";
import { createSoundFields } from "./soundFields.ts";
import { createEchoTestToggle } from "./echoTestToggle.ts";
import { createHoldButton } from "./holdButton.ts";
import type { Conversation } from "./conversation.ts";
import { EventLog } from "./eventLog.ts";
import { createInspectorToggle } from "./inspectorToggle.ts";
import { t } from "../text.ts";
import { faultText } from "./faults.ts";
import type { WebCall } from "./webCall.ts";
import { createStartForm } from "./startForm.ts";
import type { ServerInfo } from "../serverInfo.ts";
import type { CallClosed } from "./lastingConnection.ts";
import { type LeftCall, mayPlayAtOnce, rememberLeft, takeLeft } from "./leftCall.ts";
import { createReturnOffer } from "./returnOffer.ts";
import { find } from "../elements.ts";
import { createSoundProblemLine } from "./soundProblem.ts";
import { describeClosed, describeConnection, describeEnding, describeNotice } from "./talkTexts.ts";
import { keepAwake } from "./wakeLock.ts";
import { describeStatus } from "./callStatus.ts";
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
const log = new EventLog(() => performance.now());
const startForm = createStartForm({
  onApproach: () => loadCallParts().catch(() => {}),
  onStart: (microphone) => start({ microphone }),
});
const controls = createCallControls({
  onMuteChange: showStatus,
  onHangUp: () => leave(describeEnding("caller_hung_up")),
});
const soundProblem = createSoundProblemLine({
  onChange() {
    if (phase.name === "live") showStatus();
  },
  onRecovered: (text) => conversation?.note(text),
  onRemedy() {
    if (phase.name === "live") phase.call.resumeSound();
  },
});
const returnOffer = createReturnOffer({
  onContinue: (left) => start({ microphone: left.microphone, left }),
  onGone: startForm.focus,
});
const soundFields = createSoundFields({
  onProblem: (text) => conversation?.note(text),
  onPushToTalk: showControls,
});
const echoTest = createEchoTestToggle(() => soundFields.choice);
const holdButton = createHoldButton({ isVisible: () => !view.hidden, onChange: showStatus });
const inspector = createInspectorToggle(log);
const levelMeter = drawLevelMeter(find("level-meter", HTMLCanvasElement));

const PAGE_LEFT = new RequestError("page_left", faultText("page_left"));

/** The one that is shown, of the call under way or the last one. */
let conversation: Conversation | undefined;
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
  if (persisted) offerReturn(mayPlayAtOnce());
});

/** Shows the start form with the server's agents, or why no call can be started from here. */
export function showStart(server: ServerInfo, mayPlay: boolean): void {
  if (!startForm.offer(server)) {
    status.textContent = t("Not available from here");
    return;
  }
  setPhase({ name: "idle" });
  offerReturn(mayPlay);
}

/** Goes on with the call that this page was left in, at once where the browser lets it. */
function offerReturn(mayPlay: boolean): void {
  const left = phase.name === "idle" ? takeLeft() : undefined;
  if (left === undefined) return;
  if (mayPlay) start({ microphone: left.microphone, left });
  else returnOffer.show(left);
}

/** Brings the talk view up to date after another view was shown. */
export function showTalk(): void {
  startForm.takeStoredKey();
  conversation?.scrollToEnd();
  inspector.follow(location.hash);
}

/** Shows why a call could not be started; takes whatever was thrown. */
export async function showStartProblem(error: unknown): Promise<void> {
  setPhase({ name: "idle" });
  // The transcript of the previous call stays readable.
  if (conversation?.isEmpty === false) body.dataset.phase = "ended";
  const text = await loadCallParts().then(
    ({ describeStartFault }) => describeStartFault(error),
    () => faultText("unreachable"),
  );
  startForm.showProblem(text, error);
}

/** Loads what a call needs; the browser keeps it. */
function loadCallParts() {
  return import("./callParts.ts");
}

/** Begins a call, or goes on with the one that was `left`. */
async function start(
  { microphone, left }: { readonly microphone: boolean; readonly left?: LeftCall },
): Promise<void> {
  if (phase.name !== "idle" || (left === undefined && !startForm.check())) return;
  const abort = new AbortController();
  echoTest.stop();
  setPhase({ name: "starting", abort });
  status.textContent = microphone ? t("Waiting for the microphone…") : t("Connecting…");
  startForm.clearProblem();
  Object.assign(speaking, { caller: false, agent: false });
  isRecovering = false;
  lostSince = undefined;
  ending = undefined;
  const { agent, key, told } = startForm;
  try {
    const { Conversation, findRootCause, loggedEvents, startCall } = await loadCallParts();
    const shown = conversation ??= new Conversation();
    const by = left && { resumeToken: left.resumeToken };
    const session = { agent, ...told };
    const options = { session, key, microphone, sound: soundFields.choice, ...by };
    const events = loggedEvents({
      onConnecting() {
        status.textContent = left === undefined ? t("Connecting…") : t("Reconnecting…");
        shown.clear();
      },
      ...shown.callEvents,
      onMessage,
      onSound: soundProblem.update,
      onLost,
      onBack,
      onClose,
    }, log);
    const call = await startCall(options, events, abort.signal).catch(async (error) => {
      throw await findRootCause(error);
    });
    // The page may have been left since the server was ready.
    if (abort.signal.aborted) {
      call.hangUp();
      return showStartProblem(PAGE_LEFT);
    }
    if (key !== "") storeKey(key);
    const elapsedMs = left === undefined ? 0 : Date.now() - left.startedAt;
    setPhase({ name: "live", call, since: performance.now() - elapsedMs });
  } catch (error) {
    showStartProblem(abort.signal.aborted ? PAGE_LEFT : error);
  }
}

function onMessage(message: ServerMessage): void {
  conversation?.show(message);
  switch (message.type) {
    case "speaking":
      speaking[message.who] = message.on;
      return showStatus();
    case "interrupted":
      return levelMeter.markInterruption();
    case "notice":
      return onNotice(message.code);
    case "ended":
      ending = describeEnding(message.reason, message.detail);
      return;
  }
}

function onNotice(code: string): void {
  const isRepeated = code === "model_lost" && isRecovering;
  if (code.startsWith("model_")) isRecovering = code === "model_lost";
  const text = describeNotice(code);
  if (text !== undefined && !isRepeated) conversation?.note(text);
  showStatus();
}

function onLost(): void {
  lostSince = performance.now();
  isRecovering = false;
  Object.assign(speaking, { caller: false, agent: false });
  conversation?.note(describeConnection("lost"));
  showStatus();
  showClock();
}

function onBack(): void {
  lostSince = undefined;
  conversation?.note(describeConnection("back"));
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
  status.textContent = `${ending ?? describeEnding("leg_failed")} ${
    t("The call took {duration}.", { duration })
  }`;
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
  echoTest.setEnabled(phase.name === "idle");
  levelMeter.show(call);
  clock.textContent = "";
  soundFields.show(call);
  showControls();
}

function showControls(): void {
  const call = phase.name === "live" ? phase.call : undefined;
  holdButton.show(call);
  controls.show(call);
  if (call?.hasMicrophone === true && call.pushToTalk) holdButton.focus();
  showStatus();
}

function showStatus(): void {
  const [state, text] = describeStatus(phase.name === "live" ? phase.call : undefined, {
    speaking,
    isLost: lostSince !== undefined && navigator.onLine,
    isRecovering,
    problem: soundProblem.current,
  });
  view.dataset.state = state;
  status.textContent = text;
  controls.setInterruptible(speaking.agent);
}

function showClock(): void {
  if (phase.name !== "live") return;
  clock.textContent = lostSince === undefined
    ? formatDuration(performance.now() - phase.since)
    : t("for {duration}", { duration: formatDuration(performance.now() - lostSince) });
}
