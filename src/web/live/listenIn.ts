/// <reference lib="dom" />
import { RequestError } from "../apiClient.ts";
import { find } from "../elements.ts";
import { drawLevelMeter } from "../talk/levelMeter.ts";
import { t } from "../text.ts";
import type { ListeningSound } from "./listeningSound.ts";
import type { ListeningOver } from "./listeningSocket.ts";

/** Connects the controls by which an operator hears a live call. */
export function createListenIn() {
  const panel = find("call-listen", HTMLElement);
  const toggle = find("listen", HTMLButtonElement);
  const sound = find("listen-sound", HTMLElement);
  const note = find("listen-note", HTMLElement);
  const volume = find("listen-volume", HTMLInputElement);
  const meter = drawLevelMeter(find("listen-levels", HTMLCanvasElement));
  let callId: string | undefined;
  let listening: AbortController | undefined;
  let isSilenced = false;

  toggle.onclick = () => {
    if (listening !== undefined) return stop("");
    if (callId !== undefined) listen(callId);
  };

  return {
    /** Offers to listen to a call. */
    open(id: string): void {
      callId = id;
      panel.hidden = false;
      stop("");
    },
    /** The call is over, or not shown any more. */
    close(): void {
      callId = undefined;
      stop("");
      panel.hidden = true;
    },
  };

  async function listen(id: string): Promise<void> {
    const own = listening = new AbortController();
    show(t("Connecting…"));
    let playing: ListeningSound | undefined;
    try {
      // Few who watch a call listen to it.
      const [{ openListeningSound }, { hearCall }] = await Promise.all([
        import("./listeningSound.ts"),
        import("./listeningSocket.ts"),
      ]);
      if (own.signal.aborted) return;
      playing = await openListeningSound(volume.valueAsNumber / 100);
      if (own.signal.aborted) return;
      const { levels, play } = playing;
      volume.oninput = () => {
        if (playing !== undefined) playing.volume = volume.valueAsNumber / 100;
      };
      meter.show(levels);
      const over = await hearCall(id, {
        signal: own.signal,
        onSound(heard) {
          play(heard);
          if (sound.hidden || heard.isSilenced !== isSilenced) hears(heard.isSilenced);
        },
      });
      if (listening === own) stop(OVER[over]);
    } catch (error) {
      if (own.signal.aborted) return;
      stop(problemOf(error));
    } finally {
      playing?.close();
      if (listening === undefined) meter.show(undefined);
    }
  }

  function hears(silenced: boolean): void {
    isSilenced = silenced;
    sound.hidden = false;
    show(
      silenced
        ? t("You hear silence: the recording is paused.")
        : t("You are listening. The caller is not told."),
    );
  }

  function stop(text: string): void {
    listening?.abort();
    listening = undefined;
    sound.hidden = true;
    isSilenced = false;
    show(text);
  }

  function show(text: string): void {
    const isOn = listening !== undefined;
    toggle.textContent = isOn ? t("Stop listening") : t("Listen in");
    panel.classList.toggle("on", isOn);
    // Only on a change, since screen readers announce every write.
    if (note.textContent !== text) note.textContent = text;
  }
}

const OVER: Readonly<Record<ListeningOver, string>> = {
  ended: "",
  refused: t("This API key may not listen any more."),
  lost: t("The sound of the call cannot be reached."),
  slow: t("Your connection was too slow to listen."),
};

function problemOf(error: unknown): string {
  if (error instanceof RequestError) return error.message;
  // By its name: the class would be loaded before anybody listens.
  if (error instanceof Error && error.name === "AudioError") {
    return t("This browser gives the page no sound.");
  }
  // A module could not be loaded.
  if (error instanceof TypeError) return t("The server does not answer. Is it running?");
  throw error;
}
