/**
 * Connects to the server of a `ws:` or `wss:` URL; small writes leave at once. A certificate has to be one
 * that Deno trusts (DENO_TLS_CA_STORE, DENO_CERT). `adopt` gets the connection as soon as there is one, and
 * in its place the one of TLS; where it closes it, this throws.
 */
export async function dial(
  { protocol, hostname, port }: URL,
  { signal, adopt }: {
    readonly signal: AbortSignal;
    readonly adopt: (connection: Deno.Conn) => void;
  },
): Promise<Deno.Conn> {
  const isSecure = protocol === "wss:";
  // An address of IPv6 has brackets only in a URL.
  const host = hostname.replace(/^\[|\]$/g, "");
  const connection = await Deno.connect({
    hostname: host,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    signal,
  });
  adopt(connection);
  connection.setNoDelay(true);
  if (!isSecure) return connection;
  // Copies all trusted certificates, some 75 KB for each connection; Deno has no way to share them.
  const secured = await Deno.startTls(connection, {
    hostname: host,
    alpnProtocols: ["http/1.1"],
  });
  adopt(secured);
  const abandon = () => void abandoned++;
  signal.addEventListener("abort", abandon);
  try {
    await secured.handshake();
  } finally {
    signal.removeEventListener("abort", abandon);
  }
  return secured;
}

let abandoned = 0;

/**
 * How many connections were given up during their TLS handshake. Deno keeps each of them, with its file
 * descriptor, until the server closes it.
 */
export function abandonedHandshakes(): number {
  return abandoned;
}
