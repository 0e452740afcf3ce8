import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { DiskFile } from "./diskFile.ts";
import { RecordingFault } from "./recordingFault.ts";
import { RATE_HZ, type SampleFile } from "./sampleFile.ts";

/** A page of memory: a write of one is never left half done by the end of the process. */
const BLOCK_BYTES = 4096;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 8;
const SALT_BYTES = 16;
/** Of audio in one block; a multiple of the bytes that one sample of both sides takes. */
const BLOCK_AUDIO = BLOCK_BYTES - NONCE_BYTES - TAG_BYTES;
const MAGIC = "PARLEY RECORDING";
const META_BYTES = 256;

/** A key of the settings, of 32 bytes. */
export interface RecordingKey {
  /** Tells in a file by which key it is sealed; nothing follows from it about the key. */
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

export function recordingKey(bytes: Uint8Array): RecordingKey {
  const id = hkdfSync("sha256", bytes, new Uint8Array(), "parley recording key id", KEY_ID_BYTES);
  return { id: new Uint8Array(id), bytes };
}

/**
 * A recording that is encrypted: AES-256-GCM in blocks of a page, each with a nonce of its own, by a key that
 * is derived from that of the settings for this file alone. Block 0 has the magic text, the key's id, the
 * salt, and, sealed, the format and the length; block n has audio from (n - 1) * 4068 on. The number of a
 * block is authenticated with it: blocks cannot change places.
 */
export class SealedFile implements SampleFile {
  readonly format: AudioFormat;
  readonly #file: DiskFile;
  readonly #key: RecordingKey;
  readonly #salt: Uint8Array;
  readonly #fileKey: Uint8Array;
  #bytes: number;
  #flushed: number;

  private constructor(
    file: DiskFile,
    key: RecordingKey,
    salt: Uint8Array,
    { format, bytes }: Meta,
  ) {
    this.#file = file;
    this.#key = key;
    this.#salt = salt;
    this.#fileKey = fileKey(key, salt);
    this.format = format;
    this.#bytes = bytes;
    this.#flushed = bytes;
  }

  static create(path: string, format: AudioFormat, key: RecordingKey): SealedFile {
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const sealed = new SealedFile(DiskFile.create(path), key, salt, { format, bytes: 0 });
    sealed.#writeMeta();
    return sealed;
  }

  /** Throws a `RecordingFault` where none of the keys opens it. */
  static open(
    path: string,
    keys: readonly RecordingKey[],
    options?: { readonly write: boolean },
  ): SealedFile {
    const file = DiskFile.open(path, options);
    try {
      const head = file.read(0, BLOCK_BYTES);
      if (new TextDecoder().decode(head.subarray(0, MAGIC.length)) !== MAGIC) {
        throw new RecordingFault("damaged");
      }
      let at = MAGIC.length;
      const id = head.subarray(at, at += KEY_ID_BYTES);
      const salt = head.slice(at, at += SALT_BYTES);
      const key = keys.find((one) => one.id.every((byte, index) => byte === id[index]));
      if (key === undefined) throw new RecordingFault("unknown_key");
      const meta = unseal(fileKey(key, salt), 0, head.subarray(at, at + SEALED_META));
      return new SealedFile(file, key, salt, readMeta(meta));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const most = Math.max(0, Math.min(length, this.#bytes - at));
    const audio = new Uint8Array(most);
    for (let done = 0; done < most;) {
      const { block, within } = placeOf(at + done);
      const part = this.#block(block).subarray(within, within + most - done);
      audio.set(part, done);
      done += part.length;
    }
    return audio;
  }

  write(at: number, audio: Uint8Array): void {
    for (let done = 0; done < audio.length;) {
      const { block, within } = placeOf(at + done);
      const part = audio.subarray(done, done + BLOCK_AUDIO - within);
      const isKept = (block - 1) * BLOCK_AUDIO < this.#bytes && part.length < BLOCK_AUDIO;
      const whole = isKept ? this.#block(block) : new Uint8Array(BLOCK_AUDIO);
      whole.set(part, within);
      this.#file.write(block * BLOCK_BYTES, seal(this.#fileKey, block, whole));
      done += part.length;
      this.#bytes = Math.max(this.#bytes, at + done);
    }
  }

  flush(): void {
    if (this.#flushed !== this.#bytes) this.#writeMeta();
  }

  close(): void {
    this.#file.close();
  }

  #block(block: number): Uint8Array {
    return unseal(this.#fileKey, block, this.#file.read(block * BLOCK_BYTES, BLOCK_BYTES));
  }

  #writeMeta(): void {
    const meta = JSON.stringify({ format: this.format, bytes: this.#bytes }).padEnd(META_BYTES);
    const head = new Uint8Array(BLOCK_BYTES);
    let at = 0;
    const sealed = seal(this.#fileKey, 0, new TextEncoder().encode(meta));
    for (const part of [new TextEncoder().encode(MAGIC), this.#key.id, this.#salt, sealed]) {
      head.set(part, at);
      at += part.length;
    }
    this.#file.write(0, head);
    this.#flushed = this.#bytes;
  }
}

interface Meta {
  readonly format: AudioFormat;
  readonly bytes: number;
}

const SEALED_META = NONCE_BYTES + META_BYTES + TAG_BYTES;

function placeOf(at: number): { readonly block: number; readonly within: number } {
  return { block: 1 + Math.floor(at / BLOCK_AUDIO), within: at % BLOCK_AUDIO };
}

function fileKey({ bytes }: RecordingKey, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", bytes, salt, "parley recording", 32));
}

function numberOf(block: number): Uint8Array {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, block);
  return number;
}

function seal(key: Uint8Array, block: number, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(numberOf(block));
  const sealed = new Uint8Array(NONCE_BYTES + plain.length + TAG_BYTES);
  sealed.set(nonce);
  sealed.set(cipher.update(plain), NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE_BYTES + plain.length);
  return sealed;
}

function unseal(key: Uint8Array, block: number, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw new RecordingFault("damaged");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(numberOf(block));
    decipher.setAuthTag(sealed.subarray(end));
    const plain = new Uint8Array(decipher.update(sealed.subarray(NONCE_BYTES, end)));
    decipher.final();
    return plain;
  } catch (cause) {
    throw new RecordingFault("damaged", { cause });
  }
}

function readMeta(bytes: Uint8Array): Meta {
  const meta: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const isMeta = typeof meta === "object" && meta !== null && "bytes" in meta &&
    typeof meta.bytes === "number" && "format" in meta && typeof meta.format === "string" &&
    Object.hasOwn(RATE_HZ, meta.format);
  if (!isMeta) throw new RecordingFault("damaged");
  return meta as Meta;
}
