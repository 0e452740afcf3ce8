/** The header for a key of an endpoint as OpenAI has it; Azure takes keys in a header of its own. */
export function keyHeader(url: string, apiKey: string): Readonly<Record<string, string>> {
  return /\.azure\.com$/i.test(new URL(url).hostname)
    ? { "api-key": apiKey }
    : { authorization: `Bearer ${apiKey}` };
}
