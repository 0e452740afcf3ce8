import { isAbsolute, join, relative } from "node:path";
import { readWav } from "../../sim/twilio/media/wav.ts";

const MAX_BYTES = 20 * 2 ** 20;
const MAX_MS = 300_000;

/**
 * Reads the WAV files of a folder and those below, each once, as mu-law at 8 kHz. The reader throws a `TypeError`
 * that says what is wrong with one.
 */
export function soundReader(folder: string): (path: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (path) => {
    const sound = known.get(path) ?? readSound(folder, path);
    known.set(path, sound);
    return sound;
  };
}

function readSound(folder: string, path: string): Uint8Array {
  const file = join(folder, path);
  const inside = relative(folder, file);
  if (isAbsolute(path) || inside === "" || inside.startsWith("..")) {
    throw new TypeError(`${path} is not in the scenario's folder`);
  }
  try {
    const { isFile, size } = Deno.statSync(file);
    if (!isFile) throw new TypeError(`${path} cannot be read`);
    if (size > MAX_BYTES) {
      throw new TypeError(`${path} is larger than ${MAX_BYTES / 2 ** 20} MB`);
    }
    const sound = readWav(Deno.readFileSync(file));
    if (sound.length === 0) throw new TypeError(`${path} holds no sound`);
    if (sound.length > MAX_MS * 8) {
      throw new TypeError(`${path} is longer than ${MAX_MS / 60_000} minutes`);
    }
    return sound;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new TypeError(`there is no file ${path}`);
    if (
      error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.IsADirectory
    ) {
      throw new TypeError(`${path} cannot be read`);
    }
    throw error;
  }
}
