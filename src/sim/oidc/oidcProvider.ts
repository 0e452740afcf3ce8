import { sha256 } from "../../utils/sha256.ts";
import { newToken } from "../../utils/ids.ts";
import { choicePage, sentencePage } from "./choicePage.ts";
import type { SimulatedPerson } from "./simulatedPerson.ts";
import { createTokenSigner, type TokenAlgorithm } from "./idTokens.ts";

/** What the provider does wrongly from now on. */
export interface ProviderFaults {
  /** Claims in the place of the right ones. */
  claims?: Readonly<Record<string, unknown>>;
  signature?: "spoilt" | "none";
  /** Requests from now on are never answered. */
  silent?: boolean;
  /** Requests from now on are answered with 503. */
  failing?: boolean;
}

export interface OidcProviderOptions {
  readonly clientId: string;
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret?: string;
  /** Exact; absent for any on this machine. */
  readonly redirectUris?: readonly string[];
  readonly people: readonly SimulatedPerson[];
  readonly algorithm?: TokenAlgorithm;
  readonly port?: number;
  /** Without it, as with Google, the provider has no place to sign out. */
  readonly hasEnd?: boolean;
}

export type OidcProvider = Awaited<ReturnType<typeof startOidcProvider>>;

interface Grant {
  readonly person: SimulatedPerson;
  readonly redirectUri: string;
  readonly nonce: string | undefined;
  readonly challenge: string;
}

/** An OpenID provider (OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0) on this machine. */
export async function startOidcProvider(
  { clientId, clientSecret, redirectUris, people, algorithm = "RS256", port = 0, hasEnd = true }:
    OidcProviderOptions,
) {
  const signer = await createTokenSigner(algorithm);
  const grants = new Map<string, Grant>();
  const faults: ProviderFaults = {};
  const asked: string[] = [];
  const server = Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const url = new URL(request.url);
    asked.push(url.pathname);
    if (faults.silent === true) await untilGone(request);
    if (faults.failing === true) return html(sentencePage("Try again later."), 503);
    return await answer(request, url);
  });
  const issuer = `http://127.0.0.1:${server.addr.port}`;

  return {
    issuer,
    /** May be changed at any time. */
    faults,
    /** The paths that were asked for. */
    asked,
    async close(): Promise<void> {
      await server.shutdown();
    },
  };

  async function answer(request: Request, url: URL): Promise<Response> {
    switch (`${request.method} ${url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        return Response.json(metadata());
      case "GET /jwks":
        return Response.json(signer.keys);
      case "GET /authorize":
        return authorize(url.searchParams);
      case "POST /authorize":
        return choose(await formOf(request));
      case "POST /token":
        return await token(request);
      case "GET /end":
        return end(url.searchParams);
      default:
        return html(sentencePage("There is nothing here."), 404);
    }
  }

  function metadata() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      ...(hasEnd && { end_session_endpoint: `${issuer}/end` }),
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: [signer.algorithm],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: clientSecret === undefined
        ? ["none"]
        : ["client_secret_basic"],
    };
  }

  function authorize(query: URLSearchParams): Response {
    const fault = faultIn(query);
    return fault === undefined ? html(choicePage(people, query)) : html(sentencePage(fault), 400);
  }

  function faultIn(query: URLSearchParams): string | undefined {
    if (query.get("client_id") !== clientId) return "There is no such client.";
    if (!isRegistered(query.get("redirect_uri"))) return "The redirect URI is not registered.";
    if (query.get("response_type") !== "code") return "The response type must be code.";
    if (query.get("scope")?.split(" ").includes("openid") !== true) {
      return "The scope lacks openid.";
    }
    if (query.get("code_challenge_method") !== "S256") return "PKCE with S256 is required.";
    return query.get("code_challenge") === null ? "The code challenge is missing." : undefined;
  }

  function isRegistered(uri: string | null): uri is string {
    if (uri === null || !URL.canParse(uri)) return false;
    if (redirectUris !== undefined) return redirectUris.includes(uri);
    return ["localhost", "127.0.0.1"].includes(new URL(uri).hostname);
  }

  function choose(form: URLSearchParams): Response {
    const fault = faultIn(form);
    const redirectUri = form.get("redirect_uri");
    if (fault !== undefined || redirectUri === null) return html(sentencePage(fault ?? ""), 400);
    const back = new URL(redirectUri);
    back.searchParams.set("state", form.get("state") ?? "");
    back.searchParams.set("iss", issuer);
    const person = people.find(({ subject }) => subject === form.get("person"));
    if (person === undefined) back.searchParams.set("error", "access_denied");
    else {
      const code = newToken();
      grants.set(code, {
        person,
        redirectUri,
        nonce: form.get("nonce") ?? undefined,
        challenge: form.get("code_challenge") ?? "",
      });
      back.searchParams.set("code", code);
    }
    return new Response(null, { status: 303, headers: { Location: back.href } });
  }

  async function token(request: Request): Promise<Response> {
    const form = await formOf(request);
    if (!isClient(request, form)) return refusal("invalid_client", 401);
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    // A code is good once (RFC 6749, 4.1.2).
    grants.delete(code);
    const challenge = sha256(form.get("code_verifier") ?? "")
      .toBase64({ alphabet: "base64url", omitPadding: true });
    if (
      grant === undefined || grant.redirectUri !== form.get("redirect_uri") ||
      grant.challenge !== challenge
    ) return refusal("invalid_grant", 400);
    const { person: { subject, name, email, emailVerified = true, groups }, nonce } = grant;
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: issuer, aud: clientId, sub: subject, name, nonce },
      ...{ iat: seconds, exp: seconds + 300 },
      ...(email !== undefined && { email, email_verified: emailVerified }),
      ...(groups !== undefined && { groups }),
      ...faults.claims,
    };
    return Response.json({
      access_token: newToken(),
      token_type: "Bearer",
      expires_in: 300,
      id_token: await signer.sign(claims, faults.signature),
    }, { headers: { "Cache-Control": "no-store" } });
  }

  function isClient({ headers }: Request, form: URLSearchParams): boolean {
    if (clientSecret === undefined) return form.get("client_id") === clientId;
    const basic = /^Basic (.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? "";
    // Both parts are form-encoded first (RFC 6749, 2.3.1).
    const [id = "", secret = ""] = atob(basic).split(":").map((part) =>
      decodeURIComponent(part.replaceAll("+", " "))
    );
    return id === clientId && secret === clientSecret;
  }

  function end(query: URLSearchParams): Response {
    const back = query.get("post_logout_redirect_uri");
    const isKnown = query.get("client_id") === clientId && isRegistered(back);
    return html(sentencePage("You are signed out.", isKnown ? back : undefined));
  }
}

function refusal(error: string, status: number): Response {
  return Response.json({ error }, { status, headers: { "Cache-Control": "no-store" } });
}

function html(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function formOf(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams((await request.text()).slice(0, 10_000));
}

/** Until the client gives up. */
function untilGone({ signal }: Request): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
