import { type ConnectRelay, openConnectRelay } from "./connectRelay.ts";
import { isLoopback } from "./loopback.ts";
import { isPublicAddress } from "./publicAddress.ts";

/** The name of a host led to an address that is none of the public internet. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  constructor(readonly host: string) {
    super(`Cannot send to ${host}: its address is private`);
  }
}

export interface GuardedFetchOptions {
  /** Names of hosts that may stand for private addresses. */
  readonly privateHosts?: readonly string[];
  /** Whether Deno's own clients go through a proxy of the operator, which resolves the names. */
  readonly isProxied?: boolean;
  /** Trusted beside the others. */
  readonly caCerts?: readonly string[];
}

export interface GuardedFetch {
  /**
   * As the global `fetch`, but for https it connects to public addresses only, and judges the very address
   * that it is connected to. A URL whose host is literally this machine's loopback is left alone. Rejects
   * with `PrivateAddressError`.
   */
  fetch(url: URL, init: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Opens its proxy at the first request. */
export function openGuardedFetch(
  { privateHosts = [], isProxied = false, caCerts }: GuardedFetchOptions = {},
): GuardedFetch {
  const exempt = new Set(privateHosts.map((host) => host.toLowerCase()));
  let opened: { readonly relay: ConnectRelay; readonly client: Deno.HttpClient } | undefined;
  let isClosed = false;

  function open() {
    if (isClosed) throw new TypeError("Cannot send: the server is closing");
    const relay = openConnectRelay({
      connect: Deno.connect,
      admits: (host, address) => exempt.has(host.toLowerCase()) || isPublicAddress(address),
    });
    const { url, credentials } = relay;
    const client = Deno.createHttpClient({
      proxy: { url, basicAuth: credentials },
      ...(caCerts !== undefined && { caCerts: [...caCerts] }),
    });
    return { relay, client };
  }

  return {
    async fetch(url, init) {
      if (isProxied || isLoopback(url.hostname)) return await fetch(url, init);
      if (url.protocol !== "https:") throw new TypeError("Cannot send: the URL is not https");
      const { relay, client } = opened ??= open();
      try {
        return await fetch(url, { ...init, client });
      } catch (error) {
        const target = `${url.hostname}:${url.port === "" ? 443 : url.port}`;
        if (relay.hasRefused(target)) throw new PrivateAddressError(url.hostname);
        throw error;
      }
    },
    async close() {
      isClosed = true;
      opened?.client.close();
      await opened?.relay.close();
      opened = undefined;
    },
  };
}
