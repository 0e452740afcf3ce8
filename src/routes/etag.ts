/** The tag by which a client asks whether a text is still the one it has. */
export async function etagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `"${new Uint8Array(digest, 0, 12).toHex()}"`;
}
