/** The address at which the server of these settings is asked from its own machine. */
export function ownOrigin(
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
