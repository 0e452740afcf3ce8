/** Writes until nothing is left: one write may take only a part. */
export async function writeAll(
  connection: Pick<Deno.Conn, "write">,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}
