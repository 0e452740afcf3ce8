/** The header for the key; `auto` is `api-key` for Azure's servers and `Authorization` for others. */
export type KeyHeader = "auto" | "bearer" | "api-key";

/** The request header that carries the key. */
export function credentialsFor(
  url: string,
  key: string,
  header: KeyHeader,
): Readonly<Record<string, string>> {
  // Azure takes an Entra token like any other bearer token: a JWT, which no key is.
  const bare = header === "api-key" ||
    header === "auto" && isAzure(new URL(url).hostname) && !key.startsWith("eyJ");
  return bare ? { "api-key": key } : { Authorization: `Bearer ${key}` };
}

/** Azure's servers want the key in a header of their own, and have no page about a model. */
export function isAzure(hostname: string): boolean {
  return /\.(?:openai|cognitiveservices|services\.ai)\.azure\.com$/i.test(hostname);
}
