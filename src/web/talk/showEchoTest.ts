/// <reference lib="dom" />
import { runEchoTest } from "../audio/echoTest.ts";
import type { LoudnessVerdict } from "../audio/loudness.ts";
import { find } from "../elements.ts";
import { t } from "../text.ts";
import type { SoundChoice } from "./callSound.ts";
import { describeStartFault } from "./startFault.ts";

const VERDICTS: Readonly<Record<LoudnessVerdict, string>> = {
  silent: t(
    "No sound arrives. See whether the microphone is switched on, and whether the right one is chosen.",
  ),
  quiet: t("You are very quiet. Come closer to the microphone, or raise its level in the system."),
  good: t(
    "You are loud and clear. If you did not hear yourself, choose another loudspeaker or raise the volume.",
  ),
  distorted: t("You are too loud. Move away from the microphone, or lower its level."),
};

/** Records, plays back, and says in words how loud that was, in the elements of the form. */
export async function showEchoTest(choice: SoundChoice, signal: AbortSignal): Promise<void> {
  const level = find("echo-level", HTMLMeterElement);
  const result = find("echo-result", HTMLElement);
  try {
    const verdict = await runEchoTest(choice, {
      onStage(stage) {
        level.hidden = stage !== "recording";
        result.textContent = stage === "recording"
          ? t("Say something: three seconds are recorded.")
          : t("This is how you sound.");
      },
      // As loudness is heard, and not as it is measured.
      onLevel: (now) => level.value = Math.sqrt(now),
    }, signal);
    result.textContent = VERDICTS[verdict];
  } catch (error) {
    result.textContent = signal.aborted ? "" : describeStartFault(error);
  }
  level.hidden = true;
}
