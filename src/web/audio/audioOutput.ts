/// <reference lib="dom" />

/** A context whose output can be chosen, which not every browser has. */
interface OutputChoice {
  setSinkId(id: string): Promise<void>;
}

/** Whether this browser lets a page choose where its sound comes out. */
export function canChooseOutput(): boolean {
  return typeof AudioContext !== "undefined" && "setSinkId" in AudioContext.prototype;
}

/**
 * Sends a context's sound to a device; an empty id is the system's own choice. Rejects where the device is
 * gone or not allowed: the context goes on as before.
 */
export async function chooseOutput(context: AudioContext, deviceId: string): Promise<void> {
  if (hasOutputChoice(context)) await context.setSinkId(deviceId);
  else if (deviceId !== "") throw new DOMException("No choice of outputs", "NotSupportedError");
}

function hasOutputChoice(context: AudioContext): context is AudioContext & OutputChoice {
  return "setSinkId" in context;
}
