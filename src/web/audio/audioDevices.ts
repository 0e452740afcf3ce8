/// <reference lib="dom" />

/** A microphone or a sound output; `name` is empty until the page may use a microphone. */
export interface AudioDevice {
  readonly id: string;
  readonly name: string;
}

interface AudioDevices {
  readonly inputs: readonly AudioDevice[];
  /** Empty where the browser does not name them. */
  readonly outputs: readonly AudioDevice[];
}

/**
 * Calls back with the devices now, whenever one is plugged in or out, and when the function that it returns
 * is called: their names are known only when the page may use a microphone.
 */
export function watchAudioDevices(onDevices: (devices: AudioDevices) => void): () => void {
  const tell = async () => onDevices(await listAudioDevices());
  navigator.mediaDevices?.addEventListener("devicechange", tell);
  tell();
  return tell;
}

/** The devices as they are now; none where the browser does not tell. */
async function listAudioDevices(): Promise<AudioDevices> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return { inputs: ofKind(devices, "audioinput"), outputs: ofKind(devices, "audiooutput") };
  } catch {
    return { inputs: [], outputs: [] };
  }
}

/** Some browsers list the default twice, once under this id: it is what no choice means. */
const DEFAULT_ID = "default";

function ofKind(
  devices: readonly MediaDeviceInfo[],
  wanted: MediaDeviceKind,
): readonly AudioDevice[] {
  return devices
    .filter(({ kind, deviceId }) => kind === wanted && deviceId !== "" && deviceId !== DEFAULT_ID)
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}
