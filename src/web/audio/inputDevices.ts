/// <reference lib="dom" />

interface InputDeviceEvents {
  /** A device was plugged in or out. */
  onChange(): void;
  /** The current device is gone; not every browser ends its track then. */
  onGone(): void;
  /** Another microphone was connected; its name may be empty. */
  onConnected(name: string): void;
  onPermission(state: PermissionState): void;
}

/**
 * Watches the list of microphones and the permission to use them, until the signal is aborted.
 * `currentDeviceId` returns the id of the device in use, where it is known.
 */
export function watchInputDevices(
  currentDeviceId: () => string | undefined,
  events: InputDeviceEvents,
  signal: AbortSignal,
): void {
  let known: Promise<readonly MediaDeviceInfo[]> = listInputs();
  navigator.mediaDevices.addEventListener("devicechange", compare, { signal });
  // Not every browser can be queried for this permission.
  navigator.permissions?.query({ name: "microphone" }).then(
    (permission) =>
      permission.addEventListener("change", () => events.onPermission(permission.state), {
        signal,
      }),
    () => {},
  );

  async function compare(): Promise<void> {
    events.onChange();
    const before = await known;
    known = listInputs();
    const inputs = await known;
    if (signal.aborted) return;
    const current = currentDeviceId();
    if (current !== undefined && inputs.length > 0 && !has(inputs, current)) return events.onGone();
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
