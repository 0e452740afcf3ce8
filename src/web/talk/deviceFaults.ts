import { t } from "../text.ts";
import type { Fault } from "./fault.ts";

const orType = t("Or type instead.");

/** Why a microphone or a sound output cannot be used, by `microphone_` or `speaker_` and the step that failed. */
export const deviceFaults: Readonly<Record<string, Fault>> = {
  microphone_insecure: {
    text: t(
      "Browsers give microphone and sound only to pages from https:// or from this machine (localhost).",
    ),
    remedy: t("Open the page that way, or type and read the answers."),
  },
  microphone_refused: {
    text: t("The microphone was refused."),
    remedy: t(
      "Allow it for this page in the browser's address bar and start again, or type.",
    ),
  },
  microphone_blocked: {
    text: t("The browser's settings keep the microphone from this page."),
    remedy: t(
      "Allow it there, or open the page by itself where it is shown within another, and start again, or type.",
    ),
  },
  microphone_absent: {
    text: t("No microphone was found."),
    remedy: t("Connect one and start again, or type."),
  },
  microphone_busy: {
    text: t("Another program holds the microphone."),
    remedy: t("Close it and start again, or type."),
  },
  microphone_stopped: {
    text: t("The system stopped the microphone while it was being opened."),
    remedy: t("Unplug it and plug it in again, or choose another, and start again, or type."),
  },
  microphone_unfit: {
    text: t("None of the microphones can do what is needed."),
    remedy: t("Choose or connect another and start again, or type."),
  },
  microphone_unsupported: {
    text: t("This browser gives the page no microphone."),
    remedy: t("Open it in a current browser by itself, or type."),
  },
  microphone_rate: {
    text: t(
      "The browser cannot use this microphone beside the present sound output, as happens with Bluetooth headsets.",
    ),
    remedy: t(
      "Choose another microphone, or use the headset for both, and start again, or type.",
    ),
  },
  microphone_context: {
    text: t("The browser could not start its sound for the microphone."),
    remedy: t("Close other pages that use sound and start again, or type."),
  },
  microphone_module: {
    text: t("The part of the page that listens to the microphone could not be loaded."),
    remedy: t("Reload the page, or type."),
  },
  microphone_node: {
    text: t("The browser could not connect the microphone to the page."),
    remedy: t("Restart the browser, or type."),
  },
  microphone_unknown: {
    text: t("The microphone could not be opened."),
    remedy: `${t("Start again.")} ${orType}`,
  },
  speaker_unsupported: {
    text: t("This browser is too old to play the agent's voice."),
    remedy: t("Open the page in a current browser."),
  },
  speaker_context: {
    text: t("This browser could not open its sound output."),
    remedy: t("Check the output device, close other pages that use sound, and start again."),
  },
  speaker_module: {
    text: t("The part of the page that plays sound could not be loaded."),
    remedy: t("Reload the page."),
  },
  speaker_node: {
    text: t("This browser could not set up its sound output."),
    remedy: t("Restart the browser and start again."),
  },
  speaker_gone: {
    text: t("This sound output cannot be used now; the one before is used on."),
    remedy: t("Connect it again, or choose another."),
  },
};
