/** A file that is read and written at any place; every operation is complete when it returns. */
export class DiskFile {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** For its owner alone; throws where it is there already. */
  static create(path: string): DiskFile {
    return new DiskFile(
      Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 }),
    );
  }

  static open(path: string, { write }: { readonly write: boolean } = { write: true }): DiskFile {
    return new DiskFile(Deno.openSync(path, { read: true, write }));
  }

  get size(): number {
    return this.#file.statSync().size;
  }

  /** Shorter at the file's end. */
  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(at, Deno.SeekMode.Start);
    for (let done = 0; done < length;) {
      const count = this.#file.readSync(bytes.subarray(done));
      if (count === null) return bytes.subarray(0, done);
      done += count;
    }
    return bytes;
  }

  write(at: number, bytes: Uint8Array): void {
    this.#file.seekSync(at, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) {
      done += this.#file.writeSync(bytes.subarray(done));
    }
  }

  close(): void {
    this.#file.close();
  }
}
