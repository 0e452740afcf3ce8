import type { Page } from "playwright-core";

/**
 * Runs in a page before its own script: stands in for the devices and keeps every context and stream
 * that is handed out, so that a test can break them and count what is left.
 */
export const SOUND_LAB = `{
  const Context = AudioContext;
  const Worklet = AudioWorkletNode;
  const Source = MediaStreamAudioSourceNode;
  const lab = globalThis.lab = {
    contexts: [], rates: [], sinks: [], wanted: [], streams: [], asked: 0, worklets: 0, sources: 0, modules: 0,
    /** Names of steps and how often they fail from now on. */
    fails: {}, refusal: undefined, silent: false, frozen: false, latency: undefined,
  };
  const fail = (step) => {
    const nth = lab.fails[step];
    if (nth === undefined || nth === 0) return false;
    lab.fails[step] = nth - 1;
    return nth === 1 || lab.fails[step + "Always"];
  };
  globalThis.AudioContext = class AudioContext extends Context {
    constructor(options) {
      if (fail("context")) throw new DOMException("No context", "NotSupportedError");
      super(options);
      lab.contexts.push(this);
      lab.rates.push(options?.sampleRate);
      this.frozen = lab.frozen;
    }
    resume() {
      return this.frozen ? Promise.reject(new DOMException("Not now", "InvalidStateError")) : super.resume();
    }
    setSinkId(id) {
      lab.sinks.push(id);
      return Promise.resolve();
    }
    get currentTime() { return this.still ? 1 : super.currentTime; }
    get outputLatency() { return lab.latency ?? super.outputLatency; }
  };
  const addModule = Object.getPrototypeOf(AudioWorklet).prototype.addModule;
  Object.getPrototypeOf(AudioWorklet).prototype.addModule = function (url) {
    return fail("module") ? Promise.reject(new DOMException("No module", "AbortError")) : addModule.call(this, url);
  };
  globalThis.AudioWorkletNode = class extends Worklet {
    constructor(...given) {
      if (fail("node")) throw new DOMException("No node", "InvalidStateError");
      super(...given);
    }
  };
  globalThis.MediaStreamAudioSourceNode = class extends Source {
    constructor(...given) {
      if (fail("source")) throw new DOMException("Different rates", "NotSupportedError");
      super(...given);
    }
  };
  navigator.mediaDevices.getUserMedia = async ({ audio }) => {
    lab.asked++;
    lab.wanted.push(audio.deviceId);
    if (lab.refusal !== undefined) throw lab.refusal === "TypeError" ? new TypeError("no") : new DOMException("no", lab.refusal);
    const context = new Context();
    const line = context.createMediaStreamDestination();
    if (!lab.silent) {
      const tone = context.createOscillator();
      tone.connect(line);
      tone.start();
    }
    await context.resume();
    const [track] = line.stream.getAudioTracks();
    const settings = track.getSettings.bind(track);
    const { deviceId } = lab.devices.find(({ deviceId }) => deviceId === audio.deviceId) ?? lab.devices[0] ?? {};
    track.getSettings = () => ({ ...settings(), sampleRate: 16000, deviceId });
    lab.streams.push(line.stream);
    return line.stream;
  };
  lab.freeze = () => {
    lab.frozen = true;
    for (const context of lab.contexts) {
      context.frozen = true;
      if (context.state !== "closed") context.suspend();
    }
  };
  lab.thaw = () => {
    lab.frozen = false;
    for (const context of lab.contexts) context.frozen = false;
  };
  lab.track = () => lab.streams.at(-1).getAudioTracks()[0];
  lab.endTrack = () => {
    const track = lab.track();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  };
  lab.muteTrack = (muted) => {
    const track = lab.track();
    Object.defineProperty(track, "muted", { value: muted, configurable: true });
    track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  };
  const devices = [{ kind: "audioinput", deviceId: "one", label: "First" }];
  lab.devices = devices;
  navigator.mediaDevices.enumerateDevices = async () => [...devices];
  lab.devicesChange = () => navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  const query = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (wish) => lab.permission = await query(wish);
  lab.permit = (state) => {
    Object.defineProperty(lab.permission, "state", { value: state, configurable: true });
    lab.permission.dispatchEvent(new Event("change"));
  };
  lab.held = () => ({
    tracks: lab.streams.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === "live").length,
    contexts: lab.contexts.filter(({ state }) => state !== "closed").length,
  });
}`;

interface Lab {
  readonly asked: number;
  readonly contexts: readonly unknown[];
  held(): { readonly tracks: number; readonly contexts: number };
}

declare global {
  /** In the page. */
  var lab: Lab;
}

/** Waits until the page holds neither a microphone nor a context. */
export async function heldNothing(page: Page): Promise<void> {
  // As a function: the page's policy forbids it to evaluate strings.
  await page.waitForFunction(() => lab.held().tracks === 0 && lab.held().contexts === 0);
}
