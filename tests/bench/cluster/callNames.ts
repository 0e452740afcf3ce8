/** The id of a call of a process; `name` is its own among those. */
export function callIdOf(instanceId: string, name: string): string {
  return `call_${ownPart(instanceId)}_${name}`;
}

export function isOf(callId: string, instanceId: string): boolean {
  return callId.startsWith(callIdOf(instanceId, ""));
}

function ownPart(instanceId: string): string {
  return instanceId.slice(-16);
}
