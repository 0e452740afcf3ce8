/// <reference lib="dom" />
import type { ServerMessage } from "../protocol/web.ts";
import { storedKey, storeKey } from "./apiKey.ts";
import { Refusal } from "./apiClient.ts";
import { beginCall, type Call, type Sound } from "./webCall.ts";
import { describeClosed } from "./closeReasons.ts";
import type { Closed, ServerInfo } from "./connection.ts";
import { find } from "./elements.ts";
import { fillKeypad } from "./keypad.ts";
import { createScript } from "./transcriptView.ts";
import { describeDevice } from "./soundProblems.ts";
import { causeOf, describeStartFault } from "./startFault.ts";
import { createTroubleLine } from "./soundProblemLine.ts";
import { describeEnding, describeNotice, describeOpening, formatDuration } from "./callTexts.ts";
import { keepAwake } from "./wakeLock.ts";
import { drawWire } from "./levelMeter.ts";

type Phase =
  | { readonly name: "idle" }
  | { readonly name: "starting"; readonly given: AbortController }
  | { readonly name: "live"; readonly call: Call; readonly since: number };

const body = document.body;
const view = find("talk", HTMLElement);
const startForm = find("start-form", HTMLFormElement);
const startButton = find("start", HTMLButtonElement);
const startTyping = find("start-typing", HTMLButtonElement);
const agentField = find("agent", HTMLSelectElement);
const keyField = find("key", HTMLInputElement);
const problem = find("problem", HTMLElement);
const desk = find("desk", HTMLElement);
const textField = find("text", HTMLInputElement);
const muteButton = find("mute", HTMLButtonElement);
const interruptButton = find("interrupt", HTMLButtonElement);
const keypad = find("keypad", HTMLElement);
const keypadToggle = find("keypad-toggle", HTMLButtonElement);
const status = find("status", HTMLElement);
const clock = find("clock", HTMLElement);
const scriptList = find("script", HTMLElement);
const script = createScript(scriptList, { caller: "You" });
const trouble = createTroubleLine({
  onChange() {
    if (phase.name === "live") showStatus();
  },
  onMended: (words) => script.note(words),
  onRemedy() {
    if (phase.name === "live") phase.call.revive();
  },
  onOfflineTooLong: () => leave(describeClosed(1006, false)),
});
const wire = drawWire(find("wire", HTMLCanvasElement));

const LEFT = new Refusal("page_left", "The page was left, so the call ended.");

let phase: Phase = { name: "idle" };
let ending: string | undefined;
let letSleep = () => {};
const heard = { caller: false, agent: false, recovering: false };

startForm.onsubmit = (event) => {
  event.preventDefault();
  start(true);
};
startTyping.onclick = () => start(false);
muteButton.onclick = toggleMute;
interruptButton.onclick = interrupt;
keypadToggle.onclick = () => {
  keypad.hidden = !keypad.hidden;
  keypadToggle.ariaExpanded = String(!keypad.hidden);
};
fillKeypad(keypad, (digit) => send({ type: "dtmf", digit }));
find("stop", HTMLButtonElement).onclick = () => hangUp();
find("text-form", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  const text = textField.value.trim();
  if (text !== "") send({ type: "text", text });
  textField.value = "";
};
document.onkeydown = ({ key, target, repeat, ctrlKey, metaKey, altKey }) => {
  if (repeat || ctrlKey || metaKey || altKey || view.hidden) return;
  if (key === "Escape") interrupt();
  else if (key.toLowerCase() === "m" && !(target instanceof HTMLInputElement)) toggleMute();
};
setInterval(showClock, 500);
// A page that is left may be kept, or die without another word: devices are let go of now.
addEventListener("pagehide", () => {
  if (phase.name === "starting") phase.given.abort();
  leave(LEFT.message);
});

/** Offers a conversation with what the server has. */
export function introduce({ engine, access, agents, defaultAgent }: ServerInfo): void {
  find("opening-text", HTMLElement).textContent = describeOpening(engine);
  agentField.replaceChildren(...agents.map(({ name, title }) => new Option(title, name)));
  agentField.value = defaultAgent;
  find("agent-field", HTMLElement).hidden = agents.length < 2 &&
    agentField.value !== "";
  find("key-field", HTMLElement).hidden = access !== "key";
  keyField.required = access === "key";
  keyField.value = storedKey();
  if (access === "closed") {
    status.textContent = "Not available from here";
    problem.textContent =
      "This server has no API keys, so it talks only with pages opened on its own machine. To talk from here, set API_KEYS on the server.";
    return;
  }
  startButton.disabled = startTyping.disabled = false;
  setPhase({ name: "idle" });
}

/** Shows the conversation as it has gone on while another view was in front of it. */
export function resumeTalk(): void {
  if (keyField.value === "") keyField.value = storedKey();
  scriptList.scrollTop = scriptList.scrollHeight;
}

/** Says why there is no conversation. */
export function refuse(error: unknown): void {
  setPhase({ name: "idle" });
  // What was said before stays to be read.
  if (scriptList.childElementCount > 0) body.dataset.phase = "ended";
  startButton.focus();
  problem.textContent = describeStartFault(error);
  if (error instanceof Refusal && error.code === "invalid_key") {
    keyField.focus();
    keyField.select();
  }
}

async function start(speaks: boolean): Promise<void> {
  if (phase.name !== "idle" || !startForm.reportValidity()) return;
  const given = new AbortController();
  setPhase({ name: "starting", given });
  status.textContent = speaks ? "Waiting for the microphone…" : "Connecting…";
  problem.textContent = "";
  Object.assign(heard, { caller: false, agent: false, recovering: false });
  ending = undefined;
  const key = keyField.value.trim();
  try {
    const call = await beginCall({ agent: agentField.value, key, speaks }, {
      onConnecting() {
        status.textContent = "Connecting…";
        script.empty();
      },
      onMessage: receive,
      onSound: (sound: Sound) => trouble.tell(sound),
      onDevice: (change, name) => script.note(describeDevice(change, name)),
      onClose,
    }, given.signal);
    // The page may have been left in the very moment.
    if (given.signal.aborted) {
      call.hangUp();
      return refuse(LEFT);
    }
    if (key !== "") storeKey(key);
    setPhase({ name: "live", call, since: performance.now() });
  } catch (error) {
    refuse(given.signal.aborted ? LEFT : await causeOf(error));
  }
}

function receive(message: ServerMessage): void {
  switch (message.type) {
    case "transcript":
      return script.show(message);
    case "tool":
      return script.showTool(message);
    case "latency":
      return script.showLatency(message);
    case "speaking":
      heard[message.who] = message.on;
      return showStatus();
    case "interrupted":
      return wire.markCut();
    case "notice": {
      const { code } = message;
      const isKnown = code === "model_lost" && heard.recovering;
      if (code.startsWith("model_")) heard.recovering = code === "model_lost";
      const words = describeNotice(code);
      if (words !== undefined && !isKnown) script.note(words);
      return showStatus();
    }
    case "error":
      return script.note(message.error);
    case "ended":
      ending = describeEnding(message.reason, message.detail);
      return;
  }
}

function hangUp(): void {
  leave(describeEnding("caller_hung_up"));
}

function leave(why: string): void {
  if (phase.name !== "live") return;
  ending = why;
  phase.call.hangUp();
  finish();
}

function onClose({ code }: Closed): void {
  ending ??= describeClosed(code, navigator.onLine);
  finish();
}

function finish(): void {
  if (phase.name !== "live") return;
  const lasted = formatDuration(performance.now() - phase.since);
  setPhase({ name: "idle" });
  body.dataset.phase = "ended";
  startButton.textContent = "Start again";
  status.textContent = `${ending ?? describeEnding("leg_failed")} The call took ${lasted}.`;
  startButton.focus();
}

function setPhase(next: Phase): void {
  phase = next;
  const live = phase.name === "live";
  if (phase.name === "idle") trouble.end();
  letSleep();
  letSleep = live ? keepAwake() : () => {};
  body.dataset.phase = phase.name;
  startButton.disabled = startTyping.disabled = phase.name !== "idle";
  desk.hidden = !live;
  keypad.hidden = true;
  keypadToggle.ariaExpanded = "false";
  muteButton.hidden = phase.name === "live" && !phase.call.speaks;
  muteButton.ariaPressed = "false";
  wire.watch(phase.name === "live" ? phase.call : undefined);
  clock.textContent = "";
  if (phase.name === "live") (phase.call.speaks ? muteButton : textField).focus();
  showStatus();
}

function showStatus(): void {
  const [state, words] = currentState();
  view.dataset.state = state;
  status.textContent = words;
  interruptButton.disabled = !heard.agent;
}

function currentState(): readonly [string, string] {
  if (phase.name !== "live") return ["quiet", "Not in a call"];
  const found = trouble.now;
  if (found?.deaf === true) return ["wait", found.status];
  if (heard.recovering) return ["wait", "Connecting to the model again…"];
  if (heard.agent) return ["agent", "The agent is speaking"];
  if (heard.caller && found === undefined) return ["caller", "You are speaking"];
  if (found !== undefined) return ["wait", found.status];
  if (!phase.call.speaks) return ["listen", "Waiting for what you type"];
  return phase.call.muted ? ["wait", "You are muted"] : ["listen", "Listening"];
}

function showClock(): void {
  if (phase.name === "live") clock.textContent = formatDuration(performance.now() - phase.since);
}

function toggleMute(): void {
  if (phase.name !== "live" || !phase.call.speaks) return;
  phase.call.muted = !phase.call.muted;
  muteButton.ariaPressed = String(phase.call.muted);
  showStatus();
}

function interrupt(): void {
  if (heard.agent) send({ type: "interrupt" });
}

function send(message: Parameters<Call["send"]>[0]): void {
  if (phase.name === "live") phase.call.send(message);
}
