import { PrivateAddressError } from "../../../utils/http/guardedFetch.ts";
import { hostAndPort } from "../../../utils/hostAndPort.ts";
import { barredHost } from "../place/problemFindings.ts";
import { faultOf } from "../publicUrl/connectFault.ts";
import type { Finding } from "../setupCheck.ts";

/** A service that is to answer, and what names it. */
export interface Reached {
  /** A setting, or a tool with its agent. */
  readonly place: string;
  readonly url: URL;
}

/** The finding where this process may not connect to a service at all. */
export function barredFinding({ place, url }: Reached): Finding | undefined {
  const host = hostAndPort(url);
  const { state } = Deno.permissions.querySync({ name: "net", host });
  return state === "granted" ? undefined : barredHost(place, host);
}

/** Why a connection came to nothing, and what to do. */
export function reachFault({ place, url }: Reached, error: unknown): Finding {
  const values = { place, host: hostAndPort(url) };
  if (error instanceof PrivateAddressError) {
    return {
      code: "service_address_private",
      state: "broken",
      text: "{place}: {host} has an address that is not public, where requests are not sent.",
      remedy: "Write the name of the host into TOOL_PRIVATE_HOSTS if that is intended.",
      values,
    };
  }
  const fault = faultOf(error);
  if (fault.is === "not_found") {
    return {
      code: "service_name_unknown",
      state: "broken",
      text: "{place}: the name of {host} is not known.",
      remedy: "Correct the address, or the name servers of this machine.",
      values,
    };
  }
  if (fault.is === "certificate") {
    return {
      code: "service_certificate",
      state: "broken",
      text: "{place}: the certificate of {host} is not valid, or not trusted.",
      remedy:
        "Renew it there, with its whole chain; DENO_CERT names a file of an authority of one's own.",
      values,
    };
  }
  return {
    code: "service_not_answering",
    state: "broken",
    text: "{place}: {host} does not answer.",
    remedy: "Start it, correct the address, or open the firewall for it.",
    values,
  };
}
