import { joinBytes } from "../../utils/joinBytes.ts";
/** Flite's command line, run in memory: arguments in, the file that it writes out. */
export class FliteProgram {
  readonly #memory: WebAssembly.Memory;
  readonly #start: () => void;
  readonly #pristine: Uint8Array;
  #args: readonly Uint8Array[] = [];
  #written: Uint8Array[] = [];

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: this.#system(),
    });
    const { memory, _start: start } = exports;
    if (!(memory instanceof WebAssembly.Memory) || typeof start !== "function") {
      throw new TypeError("Cannot run Flite: the module exports no memory or no _start");
    }
    this.#memory = memory;
    this.#start = () => start();
    this.#pristine = new Uint8Array(memory.buffer).slice();
  }

  /** Synthesises one sentence of ASCII text; 16 kHz mono. */
  speak(sentence: string, speaker: string): Int16Array<ArrayBuffer> {
    return samplesOf(this.#run(["flite", "-voice", speaker, "-t", sentence, "-o", "/o"]));
  }

  #run(args: readonly string[]): Uint8Array {
    // Restoring the memory instead of making a new instance keeps the process's size flat.
    const memory = new Uint8Array(this.#memory.buffer);
    memory.set(this.#pristine);
    memory.fill(0, this.#pristine.length);
    this.#args = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
    this.#written = [];
    try {
      this.#start();
    } catch (error) {
      if (!(error instanceof ProgramExit)) throw error;
      if (error.status !== 0) {
        throw new Error(`Cannot synthesise: Flite ended with ${error.status}`);
      }
    }
    return joinBytes(this.#written);
  }

  /** The thirteen system calls of WASI that Flite imports, as far as it uses them. */
  #system(): Record<string, WebAssembly.ImportValue> {
    const view = () => new DataView(this.#memory.buffer);
    return {
      args_sizes_get: (count: number, size: number) => {
        view().setUint32(count, this.#args.length, true);
        view().setUint32(size, this.#args.reduce((sum, arg) => sum + arg.length, 0), true);
        return ok;
      },
      args_get: (pointers: number, texts: number) => {
        let at = texts;
        for (const [index, arg] of this.#args.entries()) {
          view().setUint32(pointers + 4 * index, at, true);
          new Uint8Array(this.#memory.buffer).set(arg, at);
          at += arg.length;
        }
        return ok;
      },
      clock_time_get: (_clock: number, _precision: bigint, time: number) => {
        view().setBigUint64(time, 0n, true);
        return ok;
      },
      fd_close: () => ok,
      fd_fdstat_get: (fd: number, stat: number) => {
        view().setUint8(stat, fd === directory ? 3 : fd === file ? 4 : 2);
        view().setUint16(stat + 2, 0, true);
        view().setBigUint64(stat + 8, allRights, true);
        view().setBigUint64(stat + 16, allRights, true);
        return ok;
      },
      fd_fdstat_set_flags: () => ok,
      fd_prestat_get: (fd: number, prestat: number) => {
        if (fd !== directory) return badDescriptor;
        view().setUint32(prestat, 0, true);
        view().setUint32(prestat + 4, 1, true);
        return ok;
      },
      fd_prestat_dir_name: (_fd: number, name: number) => {
        view().setUint8(name, "/".charCodeAt(0));
        return ok;
      },
      fd_read: () => badDescriptor,
      fd_seek: () => badDescriptor,
      fd_write: (fd: number, vectors: number, count: number, total: number) => {
        let bytes = 0;
        for (let index = 0; index < count; index++) {
          const start = view().getUint32(vectors + 8 * index, true);
          const length = view().getUint32(vectors + 8 * index + 4, true);
          bytes += length;
          if (fd === file) {
            this.#written.push(new Uint8Array(this.#memory.buffer, start, length).slice());
          }
        }
        view().setUint32(total, bytes, true);
        return ok;
      },
      path_open: (...args: readonly (number | bigint)[]) => {
        view().setUint32(Number(args[8]), file, true);
        return ok;
      },
      proc_exit: (status: number) => {
        throw new ProgramExit(status);
      },
    };
  }
}

class ProgramExit extends Error {
  constructor(readonly status: number) {
    super(`The program ended with ${status}`);
  }
}

const ok = 0;

const badDescriptor = 8;

const directory = 3;

const file = 4;

const allRights = 0xffff_ffff_ffff_ffffn;

const wavHeaderBytes = 44;

function samplesOf(wav: Uint8Array): Int16Array<ArrayBuffer> {
  if (wav.length < wavHeaderBytes) throw new Error("Cannot synthesise: Flite wrote no audio");
  const bytes = wav.slice(wavHeaderBytes, wav.length - wav.length % 2);
  return new Int16Array(bytes.buffer);
}
