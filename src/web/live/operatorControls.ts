/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { CallDetail } from "../apiTypes.ts";
import type { Recording } from "../records/recordingTypes.ts";
import type { TransferMode } from "../transferTypes.ts";
import { element, find } from "../elements.ts";
import { may } from "../me.ts";
import { createQuestionDialog } from "../questionDialog.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";

type Action =
  | { readonly type: "say" | "whisper"; readonly text: string }
  | { readonly type: "transfer"; readonly to: string }
  | { readonly type: "transfer"; readonly number: string }
  | { readonly type: "cancel_transfer" | "leave_conversation" }
  | { readonly type: "recording"; readonly change: "pause" | "resume" | "stop" }
  | { readonly type: "hangup"; readonly goodbye?: string };

/** Connects the controls to act on a live call: make the agent say something, transfer, hang up. */
export function createOperatorControls() {
  const desk = find("call-desk", HTMLElement);
  const answer = find("call-answer", HTMLElement);
  const transfer = find("transfer-caller", HTMLButtonElement);
  const dialogs = [
    find("transfer-dialog", HTMLDialogElement),
    find("hang-up-dialog", HTMLDialogElement),
  ] as const;
  const stopping = createQuestionDialog("stop-recording", {
    title: t("Stop recording this call?"),
    confirm: t("Stop recording"),
    keep: t("Go back"),
  });
  const pause = find("pause-recording", HTMLButtonElement);
  const stop = find("stop-recording", HTMLButtonElement);
  const change = find("change-transfer", HTMLButtonElement);
  const names = find("transfer-names", HTMLSelectElement);
  const byNumber = find("transfer-by-number", HTMLElement);
  const number = find("transfer-number", HTMLInputElement);
  let callId: string | undefined;
  let isTogether = false;
  let isPaused = false;

  onSubmit("say-form", async (text, how) => {
    if (text === "") return;
    const isSecret = how === "whisper";
    await act(
      { type: isSecret ? "whisper" : "say", text },
      isSecret ? t("The agent knows it from its next answer on.") : t("The agent will say it."),
    );
  });
  onSubmit("transfer-form", async (typed) => {
    const to = names.value;
    if (to === "" && typed === "") return;
    dialogs[0].close();
    await act(
      to === "" ? { type: "transfer", number: typed } : { type: "transfer", to },
      t("The caller is being put through."),
    );
  });
  names.onchange = showNumber;
  onSubmit("hang-up-form", async (goodbye) => {
    dialogs[1].close();
    await act(
      { type: "hangup", ...(goodbye !== "" && { goodbye }) },
      goodbye === "" ? t("Hanging up…") : t("The agent says goodbye, then hangs up."),
    );
  });
  pause.onclick = async () => {
    await act(
      { type: "recording", change: isPaused ? "resume" : "pause" },
      isPaused ? t("Recording again.") : t("Nothing is recorded until you resume."),
    );
  };
  stop.onclick = () =>
    stopping.ask(
      t("The rest of the call is not recorded, and it cannot be resumed. What was recorded is kept."),
      async () => {
        await act({ type: "recording", change: "stop" }, t("The call is not recorded any more."));
      },
    );
  change.onclick = async () => {
    change.hidden = true;
    await act(
      { type: isTogether ? "leave_conversation" : "cancel_transfer" },
      isTogether ? t("The agent leaves the two alone.") : t("Nobody is called any more."),
    );
  };
  transfer.onclick = () => {
    dialogs[0].showModal();
    offerNames();
  };
  find("end-call", HTMLButtonElement).onclick = () => dialogs[1].showModal();
  for (const dialog of dialogs) {
    for (const button of dialog.querySelectorAll<HTMLButtonElement>("button[type=button]")) {
      button.onclick = () => dialog.close();
    }
  }

  return {
    /** Shows the controls for a call; browser calls cannot be transferred. */
    open({ id, direction }: Pick<CallDetail, "id" | "direction">): void {
      callId = id;
      answer.textContent = "";
      transfer.hidden = direction === "web";
      pause.hidden = true;
      stop.hidden = true;
      change.hidden = true;
      desk.hidden = false;
    },
    /** Offers to take back a transfer, or to have the agent leave a conference. */
    showTransfer(at: { readonly mode: TransferMode; readonly step: string } | undefined): void {
      isTogether = at?.mode === "conference" && at.step === "connected";
      const isAsking = at !== undefined && at.mode !== "cold" && ASKING.has(at.step);
      const mayStop = isAsking || at?.step === "requested";
      change.hidden = !isTogether && !mayStop;
      change.textContent = isTogether ? t("Have the agent leave") : t("Stop calling");
    },
    /** Offers to pause a recording, to go on with it, or to stop it. */
    showRecording(state: Recording["state"] | undefined): void {
      isPaused = state === "paused";
      pause.hidden = state !== "on" && state !== "paused";
      stop.hidden = pause.hidden;
      pause.textContent = isPaused ? t("Resume recording") : t("Pause recording");
    },
    close(): void {
      callId = undefined;
      desk.hidden = true;
      for (const dialog of [...dialogs, stopping]) dialog.close();
    },
  };

  /** Those that the agent may transfer to now; without them, a number can be typed all the same. */
  async function offerNames(): Promise<void> {
    const asked = callId;
    names.replaceChildren(
      ...(may("admin") ? [element("option", { value: "", textContent: t("A number") })] : []),
    );
    showNumber();
    try {
      const { transferNames } = await fetchApiJson<CallDetail>(`/api/calls/${asked}`);
      if (callId !== asked) return;
      names.prepend(...transferNames.map((name) => element("option", { textContent: name })));
      if (names.length === 0) {
        names.append(element("option", { value: "", textContent: t("Nobody"), disabled: true }));
      }
      names.required = !may("admin");
      names.selectedIndex = 0;
      showNumber();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }

  function showNumber(): void {
    const isNumber = names.value === "" && may("admin");
    byNumber.hidden = !isNumber;
    number.required = isNumber;
  }

  async function act(action: Action, done: string): Promise<void> {
    const actedOn = callId;
    if (actedOn === undefined) return;
    answer.className = "desk-answer";
    answer.textContent = "";
    let text = done;
    try {
      await fetchApiJson(`/api/calls/${actedOn}/actions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(action),
      });
    } catch (error) {
      text = problemText(error);
      answer.className = "desk-answer problem";
    }
    if (callId === actedOn) answer.textContent = text;
  }
}

/** The steps during which the caller waits with the agent, after its announcement. */
const ASKING: ReadonlySet<string> = new Set(["ringing", "answered"]);

/** Calls back with the trimmed text of a form's one field, which is then emptied, and the value of the button. */
function onSubmit(id: string, onText: (text: string, how: string) => Promise<unknown>): void {
  const form = find(id, HTMLFormElement);
  form.onsubmit = (event) => {
    event.preventDefault();
    const field = form.querySelector("input");
    const text = field?.value.trim() ?? "";
    if (field !== null) field.value = "";
    const { submitter } = event;
    onText(text, submitter instanceof HTMLButtonElement ? submitter.value : "");
  };
}
