import { deflateRawSync } from "node:zlib";
import type { CallSound } from "../keptSound.ts";

/** The caller's side and then the agent's, packed by deflate and in base64: silence takes no place. */
export function soundData({ caller, agent }: CallSound): string {
  const both = new Uint8Array(caller.length + agent.length);
  both.set(caller);
  both.set(agent, caller.length);
  return new Uint8Array(deflateRawSync(both)).toBase64();
}
