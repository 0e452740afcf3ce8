/** An exact origin of web pages, lower case, without a trailing slash; undefined for anything else. */
export function plainOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  const plain = text.replace(/\/$/, "").toLowerCase();
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === plain ? plain : undefined;
}
