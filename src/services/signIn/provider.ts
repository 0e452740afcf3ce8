import type * as OpenId from "openid-client";
import { isLoopback } from "../../utils/http/loopback.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { present } from "../../utils/present.ts";
import type { SignInSettings } from "../../config/settings.ts";
import type { PendingSignIn } from "./pendingSignIn.ts";

/** Why nobody can sign in at the provider, or one person could not. */
export type ProviderFault =
  /** It does not answer, or not in time. */
  | "unreachable"
  /** This process may not connect to one of its hosts. */
  | "not_permitted"
  /** It calls itself otherwise than the settings do. */
  | "other_issuer"
  /** It refuses the client: its id, its secret or the redirect URI. */
  | "client_refused"
  /** The code is used, too old or of another sign-in. */
  | "code_refused"
  /** The person, or the provider, ended the sign-in there. */
  | "cancelled"
  /** What it says cannot be trusted or understood. */
  | "bad_answer";

/**
 * The provider has failed; `detail` is a code for the log, without anything of the person. `mayBeTheirs` where what
 * the person came back with may be the reason.
 */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  constructor(
    readonly fault: ProviderFault,
    readonly detail: string,
    readonly mayBeTheirs = false,
  ) {
    super(`Cannot sign in: ${fault} (${detail})`);
  }
}

/** Claims of an ID token that was checked. */
export type Claims = Readonly<Record<string, unknown>>;

export type Provider = ReturnType<typeof createProvider>;

/** How long one request to the provider may take. */
const TIMEOUT_SECONDS = 5;
/** Its endpoints seldom change; a new key is looked up when a token names it. */
const KEPT_MS = 60 * 60_000;
/** After a failure it is asked again no sooner, so that nobody waits for it in vain. */
const FAILED_MS = 5000;
/** Far more than a discovery document, its keys or an answer with tokens have. */
const MAX_BYTES = 512 * 1024;

/** Creates the client of the settings' provider. `now` is in monotonic milliseconds. */
export function createProvider(
  { issuer, clientId, clientSecret }: Pick<SignInSettings, "issuer" | "clientId" | "clientSecret">,
  { now, permits = permitsHost }: {
    readonly now: () => number;
    readonly permits?: (host: string) => boolean;
  },
) {
  let found: { readonly config: OpenId.Configuration; readonly until: number } | undefined;
  let failed: { readonly error: ProviderError; readonly until: number } | undefined;
  let discovering: Promise<OpenId.Configuration> | undefined;

  return {
    host: new URL(issuer).host,
    /** The address at which a person signs in. Throws `ProviderError`. */
    async authorizeUrl(pending: PendingSignIn, redirectUri: string): Promise<string> {
      const openid = await load();
      const config = await configuration();
      return openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid email profile",
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
      }).href;
    },
    /** Takes the answer of the provider for the claims that it proves. Throws `ProviderError`. */
    async claimsOf(callback: URL, pending: PendingSignIn): Promise<Claims> {
      const openid = await load();
      const config = await configuration();
      try {
        const tokens = await openid.authorizationCodeGrant(config, callback, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        });
        return { ...tokens.claims() };
      } catch (error) {
        const { fault, detail } = faultOf(error);
        throw new ProviderError(fault, detail, fault !== "not_permitted" && !isUnconnected(error));
      }
    },
    /** Where somebody signs out there too; undefined where the provider has no such place. */
    async endUrl(returnTo: string): Promise<string | undefined> {
      try {
        const openid = await load();
        const config = await configuration();
        if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
        return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo }).href;
      } catch {
        // Here, the session is over all the same.
        return undefined;
      }
    },
    /** What is wrong with it now; undefined where people can sign in. */
    async examine(): Promise<ProviderError | undefined> {
      try {
        await configuration();
        return failed?.error;
      } catch (error) {
        return faultOf(error);
      }
    },
  };

  async function configuration(): Promise<OpenId.Configuration> {
    const at = now();
    if (failed !== undefined && at < failed.until) {
      if (found === undefined) throw failed.error;
      return found.config;
    }
    if (found !== undefined && at < found.until) return found.config;
    return await (discovering ??= discover().finally(() => discovering = undefined));
  }

  async function discover(): Promise<OpenId.Configuration> {
    try {
      const config = await discovered();
      found = { config, until: now() + KEPT_MS };
      failed = undefined;
      return config;
    } catch (error) {
      const fault = faultOf(error);
      failed = { error: fault, until: now() + FAILED_MS };
      // What is known of it goes on to be used: its endpoints seldom change.
      if (found === undefined) throw fault;
      return found.config;
    }
  }

  async function discovered(): Promise<OpenId.Configuration> {
    // What Deno says of it is wrapped by the client as a fault of the provider's.
    requirePermission(new URL(issuer));
    const openid = await load();
    const insecure = isLoopback(new URL(issuer).hostname) && issuer.startsWith("http:");
    const config = await openid.discovery(new URL(issuer), clientId, {}, authOf(openid), {
      timeout: TIMEOUT_SECONDS,
      // The signature of the ID token is checked, beside the certificate of who sent it.
      execute: [
        openid.enableNonRepudiationChecks,
        ...(insecure ? [openid.allowInsecureRequests] : []),
      ],
      [openid.customFetch]: boundedFetch,
    });
    const server = config.serverMetadata();
    if (server.issuer.replace(/\/$/, "") !== issuer.replace(/\/$/, "")) {
      throw new ProviderError("other_issuer", "issuer");
    }
    for (const endpoint of [server.token_endpoint, server.jwks_uri]) {
      if (server.authorization_endpoint === undefined || endpoint === undefined) {
        throw new ProviderError("bad_answer", "endpoint_missing");
      }
      requirePermission(new URL(endpoint));
    }
    return config;
  }

  function requirePermission({ host, port, protocol }: URL): void {
    const named = port === "" ? `${host}:${protocol === "https:" ? 443 : 80}` : host;
    if (!permits(named)) throw new ProviderError("not_permitted", named);
  }

  /** The secret goes where the provider takes it; a public client has none, and PKCE alone. */
  function authOf({ ClientSecretBasic, ClientSecretPost, None }: typeof OpenId): OpenId.ClientAuth {
    if (clientSecret === undefined) return None();
    const [post, basic] = [ClientSecretPost(clientSecret), ClientSecretBasic(clientSecret)];
    return (server, client, body, headers) => {
      const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
      const auth = methods.includes("client_secret_post") ? post : basic;
      return auth(server, client, body, headers);
    };
  }
}

/** A server without sign-in does not load it. */
function load(): Promise<typeof OpenId> {
  return import("openid-client");
}

function permitsHost(host: string): boolean {
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

const boundedFetch: OpenId.CustomFetch = async (url, { body, signal, ...rest }) => {
  const sent = body instanceof Uint8Array ? new Uint8Array(body) : body;
  const response = await fetch(url, { ...rest, ...present({ body: sent, signal }) });
  const text = await boundedText(response, MAX_BYTES);
  if (text === undefined) throw new ProviderError("bad_answer", "answer_too_long");
  const { status, headers } = response;
  return new Response(status === 204 || status === 304 ? null : text, { status, headers });
};

/** Codes of OAuth (RFC 6749, 4.1.2.1 and 5.2) that are about this server, and not about the person. */
const CLIENT_ERRORS = new Set([
  "invalid_client",
  "unauthorized_client",
  "unsupported_response_type",
  "invalid_scope",
  "invalid_request",
]);

/** A code that is made up may have the provider answer with any error, too late, or not to the end. */
function isUnconnected(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error &&
    error.cause.message.includes("client error (Connect)");
}

function faultOf(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!(error instanceof Error)) return new ProviderError("bad_answer", "unknown");
  if (error.cause instanceof ProviderError) return error.cause;
  // The client wraps what its requests throw.
  const refused = [error, error.cause].find((one) => one instanceof Deno.errors.NotCapable);
  if (refused instanceof Error) {
    const [, host = "network"] = /net access to "([\w.:[\]-]{1,200})"/.exec(refused.message) ?? [];
    return new ProviderError("not_permitted", host);
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const detail = /^[\w.-]{1,60}$/.test(code) ? code : "unknown";
  if (error.name === "ResponseBodyError" || error.name === "AuthorizationResponseError") {
    const said = "error" in error && typeof error.error === "string" ? error.error : "";
    if (CLIENT_ERRORS.has(said)) return new ProviderError("client_refused", said);
    if (said === "invalid_grant") return new ProviderError("code_refused", said);
    if (said === "access_denied" || error.name === "AuthorizationResponseError") {
      return new ProviderError("cancelled", /^[a-z_]{1,40}$/.test(said) ? said : "unknown");
    }
  }
  if (code === "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED") {
    return new ProviderError("other_issuer", detail);
  }
  if (error.name === "WWWAuthenticateChallengeError") {
    return new ProviderError("client_refused", "challenge");
  }
  const isAway = error.name === "TimeoutError" || error.name === "AbortError" ||
    code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT" ||
    code === "OAUTH_RESPONSE_IS_NOT_CONFORM" ||
    (error instanceof TypeError && !code.startsWith("ERR_"));
  return new ProviderError(isAway ? "unreachable" : "bad_answer", detail);
}
