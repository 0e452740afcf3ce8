/// <reference lib="dom" />
import { element } from "../elements.ts";
import { Conversation } from "./conversation.ts";
import type { Text } from "./embedTexts.ts";

interface PanelEvents {
  onOpen(): void;
  onClose(): void;
  onStart(microphone: boolean): void;
  onMute(): void;
  onEnd(): void;
  onText(text: string): void;
  onRemedy(): void;
}

/** What the panel shows: nothing begun yet, on the way, in a call, or after one. */
type PanelPhase = "idle" | "connecting" | "live" | "ended";

/** The parts of the widget, in its shadow root, and how they are shown; it decides nothing. */
export function createPanel(t: Text, { label, heading, intro }: {
  readonly label: string;
  readonly heading: string;
  readonly intro: string;
}, events: PanelEvents) {
  const launcherText = element("span", {}, [label]);
  const dot = element("span", { className: "dot", ariaHidden: "true" });
  const launcher = button("launcher", [dot, launcherText], events.onOpen);
  launcher.ariaHasPopup = "dialog";
  const title = element("h2", { id: "heading" }, [heading]);
  const close = button("close", ["×"], events.onClose);
  close.ariaLabel = t("Close");
  const meter = element("span", { className: "meter", ariaHidden: "true" });
  const statusText = element("span", { role: "status" });
  const status = element("p", { className: "status" }, [meter, statusText]);
  const conversation = new Conversation(t);
  const problemText = element("span");
  const remedy = button("remedy", [], events.onRemedy);
  const problem = element("div", { className: "problem", role: "alert" }, [problemText]);
  const remedyRow = element("div", { className: "actions" }, [remedy]);
  const introSlot = element("slot", { name: "intro" }, [
    element("p", { className: "intro" }, [intro]),
  ]);
  const start = button("primary start", [t("Start talking")], () => events.onStart(true));
  const type = button("type", [t("Type instead")], () => events.onStart(false));
  const begin = element("div", { className: "actions" }, [start, type]);
  const mute = button("mute", [t("Mute")], events.onMute);
  mute.ariaPressed = "false";
  const end = button("end", [t("End call")], events.onEnd);
  const live = element("div", { className: "actions" }, [mute, end]);
  const field = element("input", { type: "text", maxLength: 4000, autocomplete: "off" });
  field.ariaLabel = field.placeholder = t("Type a message");
  const send = element("button", { type: "submit" }, [t("Send")]);
  const form = element("form", {}, [field, send]);
  const panel = element("section", { className: "panel", role: "dialog", hidden: true }, [
    element("header", {}, [title, close]),
    introSlot,
    status,
    conversation.root,
    problem,
    remedyRow,
    begin,
    live,
    form,
  ]);
  panel.setAttribute("aria-labelledby", "heading");
  for (
    const [node, ...names] of [
      [launcher, "button"],
      [panel, "panel"],
      [title, "heading"],
      [status, "status"],
      [problem, "problem"],
      [start, "action", "start"],
      [type, "action", "type"],
      [mute, "action", "mute"],
      [end, "action", "end"],
      [remedy, "action", "remedy"],
      [send, "action", "send"],
      [field, "input"],
      [close, "close"],
    ] as const
  ) node.part.add(...names);
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text !== "") events.onText(text);
    field.value = "";
  };
  panel.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    events.onClose();
  };
  let phase: PanelPhase = "idle";
  let isTyping = false;
  setPhase("idle");
  setProblem(undefined);

  return {
    nodes: [launcher, panel] as const,
    conversation,
    get isOpen() {
      return !panel.hidden;
    },
    setOpen,
    setPhase,
    setProblem,
    setStatus: (text: string) => void (statusText.textContent = text),
    setMuted(muted: boolean): void {
      mute.ariaPressed = String(muted);
    },
    /** From 0 to 1, of whoever is louder. */
    setLevel: (level: number) => meter.style.setProperty("--level", level.toFixed(2)),
    /** Without a microphone there is nothing to mute. */
    setTyping: (typing: boolean) => void (isTyping = typing),
  };

  function setOpen(open: boolean, { focus = true } = {}): void {
    panel.hidden = !open;
    launcher.hidden = open;
    if (!focus) return;
    if (open) focusMain();
    else launcher.focus();
  }

  function setPhase(next: PanelPhase): void {
    phase = next;
    const isIdle = phase === "idle" || phase === "ended";
    introSlot.hidden = phase !== "idle";
    begin.hidden = !isIdle;
    live.hidden = isIdle;
    mute.hidden = phase !== "live" || isTyping;
    form.hidden = phase !== "live";
    meter.hidden = phase !== "live";
    status.hidden = phase === "idle";
    start.textContent = phase === "ended" ? t("Start again") : t("Start talking");
    end.textContent = phase === "connecting" ? t("Cancel") : t("End call");
    launcherText.textContent = phase === "live" ? t("Call in progress") : label;
    if (!panel.hidden) focusMain();
  }

  /** What had the focus may be hidden now. */
  function focusMain(): void {
    if (phase === "live") (mute.hidden ? field : mute).focus();
    else if (phase === "connecting") end.focus();
    else start.focus();
  }

  function setProblem(text: string | undefined, remedyText?: string): void {
    problemText.textContent = text ?? "";
    problem.hidden = text === undefined;
    remedy.textContent = remedyText ?? "";
    remedyRow.hidden = remedyText === undefined;
  }
}

export type Panel = ReturnType<typeof createPanel>;

function button(
  className: string,
  children: readonly (Node | string)[],
  onclick: () => void,
): HTMLButtonElement {
  return element("button", { type: "button", className, onclick }, children);
}
