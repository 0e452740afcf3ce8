/** What is wrong with a certificate. */
export type CertificateFault = "expired" | "other_name" | "untrusted";

/** Why there was no answer to a request. */
export type ConnectFault =
  | { readonly is: "not_found" | "refused" | "silent" | "failed" }
  | { readonly is: "certificate"; readonly fault: CertificateFault };

/** Reads it from what `fetch` throws: Deno says it only in the words of the causes. */
export function faultOf(error: unknown): ConnectFault {
  if (error instanceof DOMException && error.name === "TimeoutError") return { is: "silent" };
  // The address stands in the message, and may hold any word.
  const words = wordsOf(error).replaceAll(/ for url \(\S*\)/g, "");
  if (/temporary failure in name resolution/i.test(words)) return { is: "failed" };
  if (/dns error|failed to lookup address|name or service not known/i.test(words)) {
    return { is: "not_found" };
  }
  if (/certificate|tls|handshake/i.test(words)) {
    if (/expired|not valid yet|NotValidYet/i.test(words)) {
      return { is: "certificate", fault: "expired" };
    }
    if (/not valid for name|NotValidForName/i.test(words)) {
      return { is: "certificate", fault: "other_name" };
    }
    return { is: "certificate", fault: "untrusted" };
  }
  if (/refused|unreachable|no route/i.test(words)) return { is: "refused" };
  if (/timed out|timeout/i.test(words)) return { is: "silent" };
  return { is: "failed" };
}

function wordsOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return "";
  return `${error.message} ${wordsOf(error.cause, depth + 1)}`;
}
