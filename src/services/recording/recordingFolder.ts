import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { freeBytes } from "../../utils/freeBytes.ts";
import { PlainFile } from "./plainFile.ts";
import { RecordingFault } from "./recordingFault.ts";
import type { SampleFile } from "./sampleFile.ts";
import { type RecordingKey, SealedFile } from "./sealedFile.ts";

const PLAIN = ".wav";
const SEALED = ".wav.sealed";
const CALL_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** The files of recordings: one per call, plain or sealed, named after it. */
export class RecordingFolder {
  readonly #dir: string;
  readonly #keys: readonly RecordingKey[];

  constructor(dir: string, keys: readonly RecordingKey[]) {
    this.#dir = dir;
    this.#keys = keys;
  }

  /** Goes on with the file of a call that another process or session began, or begins one. */
  openOrCreate(callId: string, format: AudioFormat): SampleFile {
    const known = this.#find(callId);
    if (known !== undefined) {
      const file = this.open(callId);
      if (file.format === format) return file;
      file.close();
      throw new RecordingFault("damaged");
    }
    Deno.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const [key] = this.#keys;
    return key === undefined
      ? PlainFile.create(this.#path(callId, PLAIN), format)
      : SealedFile.create(this.#path(callId, SEALED), format, key);
  }

  /** Throws a `RecordingFault` where there is none, or none that can be read. */
  open(callId: string, options?: { readonly write: boolean }): SampleFile {
    const path = this.#find(callId);
    if (path === undefined) throw new RecordingFault("not_found");
    return path.endsWith(SEALED)
      ? SealedFile.open(path, this.#keys, options)
      : PlainFile.open(path, options);
  }

  /** In milliseconds since 1970. */
  modifiedAt(callId: string): number {
    const path = this.#find(callId);
    if (path === undefined) throw new RecordingFault("not_found");
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  }

  remove(callId: string): void {
    for (const ending of [PLAIN, SEALED]) {
      try {
        Deno.removeSync(this.#path(callId, ending));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Calls of which there are files. */
  list(): readonly string[] {
    try {
      return [...Deno.readDirSync(this.#dir)].flatMap(({ name, isFile }) => {
        const ending = [SEALED, PLAIN].find((one) => name.endsWith(one));
        const callId = ending && name.slice(0, -ending.length);
        return isFile && callId !== undefined && CALL_ID.test(callId) ? [callId] : [];
      });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** Room on the disk; undefined where the system does not tell. */
  freeBytes(): number | undefined {
    return freeBytes(this.#dir);
  }

  /** Throws where files cannot be written. */
  check(): void {
    Deno.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    Deno.removeSync(Deno.makeTempFileSync({ dir: this.#dir, prefix: ".parley-" }));
  }

  #find(callId: string): string | undefined {
    return [SEALED, PLAIN].map((ending) => this.#path(callId, ending)).find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });
  }

  #path(callId: string, ending: string): string {
    if (!CALL_ID.test(callId)) throw new RecordingFault("not_found");
    return `${this.#dir}/${callId}${ending}`;
  }
}
