/**
 * Reads a file of no more than so many bytes. A device or a pipe has no size, and may have no end: throws a
 * `TypeError` for what is no file, and for one that is larger.
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<string> {
  // Opening a pipe already waits for whoever writes to it.
  requireRegular(path, await Deno.stat(path), maxBytes);
  using file = await Deno.open(path);
  const opened = await file.stat();
  requireRegular(path, opened, maxBytes);
  const { size } = opened;
  const bytes = new Uint8Array(size);
  let length = 0;
  // What is added meanwhile is left out.
  while (length < size) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function requireRegular(
  path: string,
  { isFile, size }: Pick<Deno.FileInfo, "isFile" | "size">,
  maxBytes: number,
): void {
  if (!isFile) throw new TypeError(`${path}: is no file`);
  if (size > maxBytes) throw new TypeError(`${path}: is larger than ${sizeOf(maxBytes)}`);
}

function sizeOf(bytes: number): string {
  const mb = bytes / 2 ** 20;
  return mb >= 1 ? `${Math.floor(mb)} MB` : `${bytes} bytes`;
}
