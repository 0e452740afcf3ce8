/** What the tokens of the simulated provider are signed with. */
export type TokenAlgorithm = "RS256" | "ES256";

const KEY_ID = "sim-1";

const ALGORITHMS = {
  RS256: {
    key: {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    signature: { name: "RSASSA-PKCS1-v1_5" },
  },
  ES256: {
    key: { name: "ECDSA", namedCurve: "P-256" },
    signature: { name: "ECDSA", hash: "SHA-256" },
  },
} as const;

/** Makes a key pair and signs JSON Web Tokens (RFC 7519) with it. */
export async function createTokenSigner(algorithm: TokenAlgorithm) {
  const { key, signature } = ALGORITHMS[algorithm];
  const pair = await crypto.subtle.generateKey(key, true, ["sign", "verify"]);
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const shown = { kty, n, e, crv, x, y, kid: KEY_ID, use: "sig", alg: algorithm };

  return {
    algorithm,
    /** The set of public keys (RFC 7517). */
    keys: { keys: [shown] },
    /** `spoilt` has a signature that is not right; with `none` there is none (RFC 7519, 6). */
    async sign(
      claims: Readonly<Record<string, unknown>>,
      how: "rightly" | "spoilt" | "none" = "rightly",
    ): Promise<string> {
      const header = how === "none" ? { alg: "none" } : { alg: algorithm, kid: KEY_ID, typ: "JWT" };
      const text = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
      if (how === "none") return `${text}.`;
      const bytes = new Uint8Array(
        await crypto.subtle.sign(signature, pair.privateKey, new TextEncoder().encode(text)),
      );
      if (how === "spoilt") bytes[0] = (bytes[0] ?? 0) ^ 1;
      return `${text}.${encode(bytes)}`;
    },
  };
}

function encode(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}
