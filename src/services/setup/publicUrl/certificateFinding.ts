import type { Finding } from "../setupCheck.ts";
import type { CertificateFault } from "./connectFault.ts";

/** A certificate at the public address with which Twilio does not connect. */
export function certificateFinding(fault: CertificateFault, url: string, host: string): Finding {
  const common = {
    code: "public_url_certificate",
    state: "broken",
    values: { url, host },
  } as const;
  switch (fault) {
    case "expired":
      return {
        ...common,
        text: "The certificate at {url} has expired, or is not valid yet: Twilio does not connect.",
        remedy: "Renew the certificate, and have the proxy load it.",
      };
    case "other_name":
      return {
        ...common,
        text: "The certificate at {url} is not for {host}: Twilio does not connect.",
        remedy: "Get a certificate for {host}, or set PUBLIC_URL to the name in the certificate.",
      };
    case "untrusted":
      return {
        ...common,
        text: "The certificate at {url} is not one that is trusted: Twilio does not connect.",
        remedy:
          "Use a certificate of a public authority, and have the proxy send its whole chain (fullchain.pem).",
      };
  }
}
