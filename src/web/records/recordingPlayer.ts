/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import type { CallDetail } from "../apiTypes.ts";
import type { Recording } from "./recordingTypes.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";
import { peaksOf, playableFile, readRecordedSound } from "./recordedSound.ts";
import { recordingText } from "./recordingText.ts";

/** The recording of the call that is shown: heard, seen, saved and removed. */
export interface RecordingPlayer {
  show(call: Pick<CallDetail, "id" | "recording">): void;
  /** Plays from a time of the call on, where there is a recording. */
  playFrom(ms: number): void;
}

/** Whether there is something to be heard. */
export function isAudible(recording: Recording | null): recording is Recording {
  return recording !== null && recording.removedAt === null &&
    recording.spans.some(({ kind }) => kind === "recorded");
}

/** Creates the player in a section of the page; it loads the sound when that is asked for. */
export function createRecordingPlayer(section: HTMLElement): RecordingPlayer {
  let shownId = "";
  let audio: HTMLAudioElement | undefined;
  let loading: Promise<HTMLAudioElement | undefined> | undefined;

  return { show, playFrom };

  function show({ id, recording }: Pick<CallDetail, "id" | "recording">): void {
    release();
    shownId = id;
    section.hidden = recording === null;
    if (recording === null) return section.replaceChildren();
    const about = element("p", { className: "about-recording" }, recordingText(recording));
    const heading = element("h2", { textContent: "Recording" });
    if (!isAudible(recording)) return section.replaceChildren(heading, about);
    const problem = element("span", { className: "problem", role: "alert" });
    const listen = button("Listen", () => playFrom(0));
    const save = button("Save as WAV", () => attempt(problem, saveFile));
    const buttons = element("span", { className: "downloads" }, [
      listen,
      save,
      removal(problem),
      problem,
    ]);
    section.replaceChildren(
      element("div", { className: "head" }, [heading, buttons]),
      about,
      element("div", { className: "sound" }),
    );
  }

  function playFrom(ms: number): void {
    const problem = section.querySelector<HTMLElement>(".problem");
    if (problem === null) return;
    attempt(problem, async () => {
      const player = await (loading ??= load());
      if (player === undefined) return;
      player.currentTime = ms / 1000;
      await player.play();
    });
  }

  async function load(): Promise<HTMLAudioElement | undefined> {
    const id = shownId;
    try {
      const answer = await fetchApi(`/api/calls/${id}/recording`);
      const sound = readRecordedSound(await answer.arrayBuffer());
      if (id !== shownId) return undefined;
      audio = element("audio", {
        controls: true,
        src: URL.createObjectURL(playableFile(sound)),
      });
      const seconds = sound.caller.length / sound.hz;
      const picture = timeline(audio, seconds, [
        { name: "Caller", className: "caller", peaks: peaksOf(sound.caller, PARTS) },
        { name: "Agent", className: "agent", peaks: peaksOf(sound.agent, PARTS) },
      ]);
      section.querySelector(".sound")?.replaceChildren(picture, audio);
      return audio;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  async function saveFile(): Promise<void> {
    const file = await (await fetchApi(`/api/calls/${shownId}/recording`)).blob();
    const url = URL.createObjectURL(file);
    element("a", { href: url, download: `${shownId}.wav` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  /** A second press removes it. */
  function removal(problem: HTMLElement): HTMLElement {
    let isAsked = false;
    const remove = button("Delete", () => {
      if (!isAsked) {
        isAsked = true;
        remove.textContent = "Delete for good?";
        return;
      }
      attempt(problem, async () => {
        const id = shownId;
        await fetchApi(`/api/calls/${id}/recording`, { method: "DELETE" });
        if (id !== shownId) return;
        release();
        section.replaceChildren(
          element("h2", { textContent: "Recording" }),
          element("p", { className: "about-recording", textContent: "It was deleted." }),
        );
      });
    });
    return remove;
  }

  function release(): void {
    if (audio !== undefined) {
      audio.pause();
      URL.revokeObjectURL(audio.src);
    }
    audio = undefined;
    loading = undefined;
    shownId = "";
  }
}

const PARTS = 400;

interface Track {
  readonly name: string;
  readonly className: string;
  readonly peaks: readonly number[];
}

/** Both sides over time; a press plays from there. */
function timeline(
  audio: HTMLAudioElement,
  seconds: number,
  tracks: readonly Track[],
): HTMLElement {
  const head = element("span", { className: "playhead" });
  const rows = tracks.map(({ name, className, peaks }) => {
    const picture = svg("svg", { viewBox: `0 0 ${PARTS} 40`, preserveAspectRatio: "none" });
    const path = peaks.map((peak, at) => {
      const height = Math.max(0.4, peak * 19);
      return `M${at + 0.5} ${20 - height}V${20 + height}`;
    }).join("");
    picture.append(svg("path", { d: path }));
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", `${name}, over ${formatDuration(seconds * 1000)}`);
    return element("div", { className: `wave ${className}` }, [
      element("span", { className: "name", textContent: name }),
      picture,
    ]);
  });
  const waves = element("div", { className: "waves" }, [...rows, head]);
  audio.ontimeupdate = () => {
    head.style.setProperty("--at", String(audio.currentTime / seconds));
  };
  waves.onclick = ({ clientX }) => {
    const { left, width } = rows[0]!.querySelector("svg")!.getBoundingClientRect();
    audio.currentTime = Math.min(Math.max((clientX - left) / width, 0), 1) * seconds;
    audio.play();
  };
  return waves;
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function button(textContent: string, onclick: () => void): HTMLButtonElement {
  return element("button", { type: "button", className: "link", textContent, onclick });
}

async function attempt(problem: HTMLElement, work: () => Promise<void>): Promise<void> {
  problem.textContent = "";
  try {
    await work();
  } catch (error) {
    if (error instanceof RequestError) problem.textContent = error.message;
    else if (error instanceof TypeError) problem.textContent = "The recording cannot be played.";
    else throw error;
  }
}
