/// <reference lib="dom" />

export interface InputEvents {
  /** The id of the device in use, as far as it is known. */
  inUse(): string | undefined;
  /** Something was plugged in or out. */
  onChange(): void;
  /** The device in use is no longer there, which its track may not say. */
  onGone(): void;
  /** Another microphone is there; its name may be empty. */
  onConnected(name: string): void;
  onPermission(state: PermissionState): void;
}

/** Follows what microphones there are, and whether the page may use them, until the signal. */
export function watchInputs(events: InputEvents, signal: AbortSignal): void {
  let known: Promise<readonly MediaDeviceInfo[]> = listInputs();
  navigator.mediaDevices.addEventListener("devicechange", look, { signal });
  // Not every browser can be asked about this permission.
  navigator.permissions?.query({ name: "microphone" }).then(
    (permission) =>
      permission.addEventListener("change", () => events.onPermission(permission.state), {
        signal,
      }),
    () => {},
  );

  async function look(): Promise<void> {
    events.onChange();
    const before = await known;
    known = listInputs();
    const inputs = await known;
    if (signal.aborted) return;
    const inUse = events.inUse();
    if (inUse !== undefined && inputs.length > 0 && !has(inputs, inUse)) return events.onGone();
    const added = inputs.find(({ deviceId }) => !has(before, deviceId));
    if (added !== undefined) events.onConnected(added.label);
  }
}

async function listInputs(): Promise<readonly MediaDeviceInfo[]> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "");
  } catch {
    return [];
  }
}

function has(inputs: readonly MediaDeviceInfo[], id: string): boolean {
  return inputs.some(({ deviceId }) => deviceId === id);
}
