/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import type { CallDetail } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";
import { needing } from "../me.ts";
import { t } from "../text.ts";
import { heardLine } from "./heardLine.ts";
import { recordingText } from "./recordingText.ts";
import { isAudible, type Recording } from "./recordingTypes.ts";
import { createSoundPlayer, type SoundPlayer } from "./soundPlayer.ts";
import { createWaveform, type Waveform } from "./waveform.ts";
import { waveMarks } from "./waveMarks.ts";

/** The recording of the call that is shown: heard, seen, saved and removed. */
export interface RecordingPlayer {
  show(call: CallDetail): void;
  /** Plays from a time of the call on, where there is a recording. */
  playFrom(ms: number): void;
  /** Ends what is heard: the reader has left the record. */
  close(): void;
}

/**
 * Creates the player, with what is said of the recording in `section` and the picture in `sound`; `onHeard` is
 * called with the line that is heard, and whether the sound goes on or is where the reader has put it.
 */
export function createRecordingPlayer(
  { section, sound, onHeard, onStarted }: {
    readonly section: HTMLElement;
    readonly sound: HTMLElement;
    readonly onHeard: (turnId: string | undefined, isPlaying: boolean) => void;
    /** The reader has moved or started the sound. */
    readonly onStarted: () => void;
  },
): RecordingPlayer {
  let open: {
    readonly call: CallDetail;
    readonly player: SoundPlayer;
    readonly wave: Waveform;
    readonly button: HTMLButtonElement;
    readonly place: HTMLElement;
    readonly problem: HTMLElement;
    readonly durationMs: number;
  } | undefined;
  let frame = 0;

  return { show, playFrom, close };

  function show(call: CallDetail): void {
    close();
    const { id, recording } = call;
    section.hidden = recording === null;
    if (recording === null) return section.replaceChildren();
    const about = element("p", { className: "about-recording" }, recordingText(recording));
    const heading = element("h2", { textContent: t("Recording") });
    if (!isAudible(recording)) return section.replaceChildren(heading, about);
    const problem = element("span", { className: "problem", role: "alert" });
    section.replaceChildren(
      element("div", { className: "head" }, [
        heading,
        element("span", { className: "downloads" }, [
          linkButton(t("Save as WAV"), () => attempt(problem, () => saveFile(id))),
          needing("admin", removal(id, problem)),
          problem,
        ]),
      ]),
      about,
    );
    open = openSound(call, recording, problem);
    const { button, place, wave } = open;
    sound.replaceChildren(
      wave.element,
      element("div", { className: "playing" }, [button, place, wave.zooms]),
    );
    sound.hidden = false;
    update();
  }

  function openSound(call: CallDetail, recording: Recording, problem: HTMLElement) {
    const lastMs = Math.max(0, ...recording.spans.map(({ fromMs, toMs }) => toMs ?? fromMs));
    const durationMs = recording.durationMs ?? Math.max(lastMs, call.durationMs ?? 0);
    const player = createSoundPlayer(call.id, update);
    const button = element("button", { type: "button", onclick: toggle });
    const place = element("span", { className: "place" });
    const wave = createWaveform(call.id, {
      durationMs,
      marks: waveMarks(call, durationMs),
      lineAt(ms) {
        const line = heardLine(call.turns, ms);
        if (line === undefined) return "";
        return `${line.role === "agent" ? t("Agent") : t("Caller")}: ${line.text}`;
      },
      onSeek(ms) {
        onStarted();
        attempt(problem, () => player.seek(ms));
      },
      onToggle: toggle,
    });
    return { call, player, wave, button, place, problem, durationMs };
  }

  function playFrom(ms: number): void {
    if (open === undefined) return;
    const { player, problem } = open;
    attempt(problem, () => player.play(ms));
  }

  function toggle(): void {
    if (open === undefined) return;
    const { player, problem, durationMs } = open;
    if (player.isPlaying) return player.pause();
    onStarted();
    const isOver = player.atMs >= durationMs - 50;
    attempt(problem, () => player.play(isOver ? 0 : undefined));
  }

  function update(): void {
    if (open === undefined) return;
    const { call, player, wave, button, place, durationMs } = open;
    const { atMs, isPlaying } = player;
    button.textContent = isPlaying ? t("Pause") : t("Listen");
    place.textContent = `${formatDuration(atMs)} / ${formatDuration(durationMs)}`;
    wave.move(atMs, isPlaying);
    onHeard(heardLine(call.turns, atMs)?.id, isPlaying);
    // Smoothly, where movement is wanted; else as often as the browser says.
    cancelAnimationFrame(frame);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isPlaying && !isStill) frame = requestAnimationFrame(update);
  }

  /** A second press removes it. */
  function removal(id: string, problem: HTMLElement): HTMLElement {
    let isAsked = false;
    const remove = linkButton(t("Delete"), () => {
      if (!isAsked) {
        isAsked = true;
        remove.textContent = t("Delete for good?");
        return;
      }
      attempt(problem, async () => {
        await fetchApi(`/api/calls/${id}/recording`, { method: "DELETE" });
        if (open?.call.id !== id) return;
        close();
        section.replaceChildren(
          element("h2", { textContent: t("Recording") }),
          element("p", { className: "about-recording", textContent: t("It was deleted.") }),
        );
      });
    });
    return remove;
  }

  function close(): void {
    cancelAnimationFrame(frame);
    const closed = open;
    open = undefined;
    closed?.player.close();
    closed?.wave.close();
    sound.replaceChildren();
    sound.hidden = true;
    onHeard(undefined, false);
  }
}

async function saveFile(id: string): Promise<void> {
  const file = await (await fetchApi(`/api/calls/${id}/recording`)).blob();
  const url = URL.createObjectURL(file);
  element("a", { href: url, download: `${id}.wav` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function linkButton(textContent: string, onclick: () => void): HTMLButtonElement {
  return element("button", { type: "button", className: "link", textContent, onclick });
}

async function attempt(problem: HTMLElement, work: () => Promise<void>): Promise<void> {
  problem.textContent = "";
  try {
    await work();
  } catch (error) {
    if (error instanceof RequestError) problem.textContent = error.message;
    else if (error instanceof TypeError) {
      problem.textContent = t("The recording cannot be played.");
    } else throw error;
  }
}
