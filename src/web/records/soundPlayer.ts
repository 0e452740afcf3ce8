/// <reference lib="dom" />
import { fetchApi, fetchApiJson } from "../apiClient.ts";

/** The sound of one recording: it is fetched as far as it is heard, by a link that is renewed when it ends. */
export interface SoundPlayer {
  /** Where the sound is, in milliseconds since the call began. */
  readonly atMs: number;
  readonly isPlaying: boolean;
  /** Plays from there on, or from where it is. Throws `RequestError`, and `TypeError` for what cannot be played. */
  play(fromMs?: number): Promise<void>;
  pause(): void;
  /** Moves without a change of whether it plays. */
  seek(ms: number): Promise<void>;
  close(): void;
}

/** Creates the player of a call's recording; `onChange` is called when it plays, pauses or moves on. */
export function createSoundPlayer(callId: string, onChange: () => void): SoundPlayer {
  const audio = new Audio();
  audio.preload = "auto";
  /** Where it is to begin when it has loaded. */
  let wantedMs = 0;
  let loading: Promise<void> | undefined;
  /** Whether it is to be heard: a link that ends does not end that. */
  let wanted = false;
  let loadedAt = -Infinity;
  let closed = false;
  for (const type of ["play", "pause", "timeupdate", "seeked", "ended"]) {
    audio.addEventListener(type, onChange);
  }
  audio.addEventListener("error", () => {
    // The link has ended, or the server was away: the sound is loaded anew, at the same place.
    if (loading === undefined || closed || loadedAt === -Infinity) return;
    wantedMs = audio.currentTime * 1000;
    loading = undefined;
    const isRenewed = wanted && performance.now() - loadedAt > RENEW_MS;
    if (isRenewed) play().catch(() => wanted = false);
    onChange();
  });

  return {
    get atMs() {
      return loading === undefined || audio.readyState === 0 ? wantedMs : audio.currentTime * 1000;
    },
    get isPlaying() {
      return loading !== undefined && !audio.paused && !audio.ended;
    },
    play,
    pause() {
      wanted = false;
      audio.pause();
    },
    seek: move,
    close() {
      closed = true;
      audio.pause();
      audio.removeAttribute("src");
      audio.load();
    },
  };

  async function play(fromMs?: number): Promise<void> {
    wanted = true;
    if (fromMs !== undefined) await move(fromMs);
    await (loading ??= load());
    if (!closed && wanted) await audio.play().catch(notPlayed);
  }

  async function move(ms: number): Promise<void> {
    wantedMs = ms;
    if (loading === undefined) return onChange();
    await loading;
    audio.currentTime = ms / 1000;
    onChange();
  }

  async function load(): Promise<void> {
    const path = `/api/calls/${callId}/recording`;
    try {
      const link = await fetchApiJson<{ readonly path: string }>(`${path}/link`, {
        method: "POST",
      });
      if (closed) return;
      const loaded = Promise.withResolvers<void>();
      audio.addEventListener("loadedmetadata", () => loaded.resolve(), { once: true });
      audio.addEventListener("error", () => loaded.reject(new TypeError("Cannot play")), {
        once: true,
      });
      audio.src = link.path;
      await loaded.promise;
      loadedAt = performance.now();
      audio.currentTime = wantedMs / 1000;
    } catch (error) {
      loading = undefined;
      // A player does not tell why: the server does.
      if (error instanceof TypeError) await fetchApi(path, { headers: { range: "bytes=0-0" } });
      throw error;
    }
  }
}

/** A link that has just been got and plays nothing is not the fault of its age. */
const RENEW_MS = 5000;

/** A pause that came before the sound did is no failure. */
function notPlayed(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) {
    throw new TypeError("Cannot play", { cause: error });
  }
}
