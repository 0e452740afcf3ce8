/** The host of an address with its port, also where that is the usual one: the form of Deno's permissions. */
export function hostAndPort({ protocol, hostname, port }: URL): string {
  const usual = protocol === "http:" || protocol === "ws:" ? "80" : "443";
  return `${hostname}:${port === "" ? usual : port}`;
}
