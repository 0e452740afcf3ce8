/** The steps of a JSON pointer (RFC 6901), such as `/items/0/name`; none for the empty pointer. */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer.split("/").slice(1).map(unescapeStep);
}

/** Decodes `~1` and `~0` in one step, in this order. */
export function unescapeStep(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
