/**
 * Connects to the server of a `ws:` or `wss:` URL; small writes leave at once. A certificate has to be one
 * that Deno trusts (DENO_TLS_CA_STORE, DENO_CERT). `adopt` gets the connection as soon as there is one, and
 * in its place the one of TLS; where it closes it, this throws.
 */
export async function dial(
  { protocol, hostname, port }: URL,
  { signal, adopt, certificates }: {
    readonly signal: AbortSignal;
    readonly adopt: (connection: Deno.Conn) => void;
    /** Trusted beside those of Deno. */
    readonly certificates?: readonly string[] | undefined;
  },
): Promise<Deno.Conn> {
  const isSecure = protocol === "wss:";
  // An address of IPv6 has brackets only in a URL.
  const host = hostname.replace(/^\[|\]$/g, "");
  const address = { hostname: host, port: port === "" ? (isSecure ? 443 : 80) : Number(port) };
  const connection = await connect(address, signal);
  adopt(connection);
  connection.setNoDelay(true);
  if (!isSecure) return connection;
  // Copies all trusted certificates, some 75 KB for each connection; Deno has no way to share them.
  const secured = await Deno.startTls(connection, {
    hostname: host,
    alpnProtocols: ["http/1.1"],
    ...(certificates !== undefined && { caCerts: [...certificates] }),
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

/** Returns a connection that is made though it was given up, so that it can be closed. */
async function connect(
  address: { readonly hostname: string; readonly port: number },
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  // Deno loses a connection that is made in the moment of the abort, and it stays open for good.
  const attempt = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = () => void (timer = setTimeout(() => attempt.abort(), LATE_MS));
  signal.addEventListener("abort", giveUp);
  try {
    return await Deno.connect({ ...address, signal: attempt.signal });
  } finally {
    signal.removeEventListener("abort", giveUp);
    clearTimeout(timer);
  }
}

/** How long after it was given up a connection may still be made. */
const LATE_MS = 1000;

let abandoned = 0;

/**
 * How many connections were given up during their TLS handshake. Deno keeps each of them, with its file
 * descriptor, until the server closes it.
 */
export function abandonedHandshakes(): number {
  return abandoned;
}
