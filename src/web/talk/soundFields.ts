/// <reference lib="dom" />
import { type AudioDevice, watchAudioDevices } from "../audio/audioDevices.ts";
import { canChooseOutput } from "../audio/audioOutput.ts";
import { element, find } from "../elements.ts";
import { t } from "../text.ts";
import type { SoundChoice } from "./callSound.ts";
import { faultText } from "./faults.ts";
import { keepSoundChoice, readSoundChoice } from "./soundChoice.ts";
import type { WebCall } from "./webCall.ts";

interface SoundFieldsEvents {
  /** A device could not be used; `text` says why. */
  onProblem(text: string): void;
  onPushToTalk(): void;
}

/**
 * Connects the fields for microphone, loudspeaker, volume and push-to-talk. They stand in the start form, and
 * during a call in a panel of the desk; a choice counts at once, and is remembered in this browser.
 */
export function createSoundFields({ onProblem, onPushToTalk }: SoundFieldsEvents) {
  const fields = find("sound-fields", HTMLElement);
  const panel = find("sound-panel", HTMLElement);
  const toggle = find("sound-toggle", HTMLButtonElement);
  const microphone = find("choose-microphone", HTMLSelectElement);
  const speaker = find("choose-speaker", HTMLSelectElement);
  const volume = find("volume", HTMLInputElement);
  const pushToTalk = find("push-to-talk", HTMLInputElement);
  const home = fields.parentElement;
  let choice = readSoundChoice();
  let call: WebCall | undefined;

  volume.valueAsNumber = choice.volume * 100;
  pushToTalk.checked = choice.pushToTalk;
  const hasOutputs = canChooseOutput();
  find("no-speakers", HTMLElement).hidden = hasOutputs;
  if (!hasOutputs) speaker.closest("label")?.remove();
  const lookAgain = watchAudioDevices(({ inputs, outputs }) => {
    fill(microphone, inputs, choice.microphone);
    fill(speaker, outputs, choice.speaker);
  });

  microphone.onchange = async () => {
    const before = choice.microphone;
    change({ microphone: microphone.value });
    try {
      await call?.useMicrophone(microphone.value);
    } catch (error) {
      change({ microphone: before });
      microphone.value = before;
      const { describeStartFault } = await import("./startFault.ts");
      onProblem(describeStartFault(error));
    }
  };
  speaker.onchange = async () => {
    const before = choice.speaker;
    change({ speaker: speaker.value });
    try {
      await call?.useSpeaker(speaker.value);
    } catch {
      change({ speaker: before });
      speaker.value = before;
      onProblem(faultText("speaker_gone"));
    }
  };
  volume.oninput = () => {
    change({ volume: volume.valueAsNumber / 100 });
    if (call !== undefined) call.volume = choice.volume;
  };
  pushToTalk.onchange = () => {
    change({ pushToTalk: pushToTalk.checked });
    if (call === undefined) return;
    call.pushToTalk = choice.pushToTalk;
    onPushToTalk();
  };
  toggle.onclick = () => open(panel.hidden !== false);

  return {
    get choice(): SoundChoice {
      return choice;
    },
    /** Moves the fields to where they are used now. */
    show(shown: WebCall | undefined): void {
      call = shown;
      open(false);
      if (call === undefined) home?.prepend(fields);
      else panel.append(fields);
      for (const field of [microphone, pushToTalk]) {
        field.disabled = call?.hasMicrophone === false;
      }
      lookAgain();
    },
  };

  function open(isOpen: boolean): void {
    panel.hidden = !isOpen;
    toggle.ariaExpanded = String(isOpen);
  }

  function change(changed: Partial<SoundChoice>): void {
    choice = { ...choice, ...changed };
    keepSoundChoice(choice);
  }
}

/** One that was chosen and is not there keeps its place: it may be plugged in again. */
function fill(select: HTMLSelectElement, devices: readonly AudioDevice[], chosen: string): void {
  const options = devices.map(({ id, name }, at) =>
    element("option", { value: id, textContent: name || t("Device {number}", { number: at + 1 }) })
  );
  const isThere = chosen === "" || devices.some(({ id }) => id === chosen);
  select.replaceChildren(
    element("option", { value: "", textContent: t("As the system has it") }),
    ...options,
    ...(isThere
      ? []
      : [element("option", { value: chosen, textContent: t("The one chosen before") })]),
  );
  select.value = chosen;
}
