import { type App, type AppOverrides, createApp } from "../../../src/app.ts";
import { createLogger } from "../../../src/utils/logger.ts";
import { type OidcProvider, startOidcProvider } from "../../../src/sim/oidc/oidcProvider.ts";
import type { SimulatedPerson } from "../../../src/sim/oidc/simulatedPerson.ts";

/** People of the simulated provider; `cy` has an address that nobody has verified. */
export const people: readonly SimulatedPerson[] = [
  { subject: "ann", name: "Ann", email: "Ann@example.com" },
  { subject: "bob", name: "Bob", email: "bob@example.com" },
  { subject: "cy", name: "Cy", email: "cy@example.com", emailVerified: false },
  { subject: "di", name: "Di", groups: ["Support", "Other"] },
  { subject: "eve", name: "<b>Eve</b>", email: "eve@elsewhere.example" },
];

export const ROLES = "ann@example.com=admin,*@example.com=viewer,group:Support=operator";

/** A server at which people sign in, and its provider. */
export interface SignInServer extends AsyncDisposable {
  readonly app: App;
  readonly origin: string;
  readonly provider: OidcProvider;
  readonly settings: Readonly<Record<string, string>>;
  /** What the server has logged. */
  readonly lines: readonly string[];
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface SignInServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: AppOverrides;
  readonly provider?: Partial<Parameters<typeof startOidcProvider>[0]>;
  /** Whether the client has no secret. */
  readonly isPublic?: boolean;
  /** Of another server, for one beside it. */
  readonly beside?: Pick<SignInServer, "provider">;
}

/** Starts a server with sign-in, on a database in memory unless `env` has another. */
export async function startSignInServer(
  { env = {}, overrides = {}, provider: options = {}, isPublic = false, beside }:
    SignInServerOptions = {},
): Promise<SignInServer> {
  await using opening = new AsyncDisposableStack();
  const clientSecret = "the-client-secret";
  const provider = beside?.provider ??
    await startOidcProvider({
      clientId: "parley",
      ...(!isPublic && { clientSecret }),
      people,
      ...options,
    });
  if (beside === undefined) opening.defer(provider.close);
  const settings = {
    DATABASE_URL: "sqlite::memory:",
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: "parley",
    OIDC_CLIENT_SECRET: isPublic ? "" : clientSecret,
    SIGN_IN_ROLES: ROLES,
    ...env,
  };
  const lines: string[] = [];
  const app = await createApp(settings, {
    engine: { voice: "tone" },
    log: createLogger({
      level: "info",
      format: "json",
      now: Date.now,
      write: (line) => void lines.push(line),
    }),
    ...overrides,
  });
  opening.defer(app.close);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => app.fetch(request, { remoteAddress: "127.0.0.1" }),
  );
  opening.defer(() => server.shutdown());
  const stack = opening.move();
  const origin = `http://localhost:${server.addr.port}`;
  return {
    app,
    origin,
    provider,
    settings,
    lines,
    request: (path, init) => fetch(`${origin}${path}`, { redirect: "manual", ...init }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A browser without a screen: it keeps cookies of one server, and sends what a browser's own page would. */
export class SignInVisitor {
  readonly cookies = new Map<string, string>();
  readonly #strict = new Set<string>();
  /** `address` is what a proxy tells of it, where the server trusts one. */
  constructor(readonly origin: string, readonly address?: string) {}

  async send(path: string, init: RequestInit = {}, isFromElsewhere = false): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.address !== undefined) headers.set("x-forwarded-for", this.address);
    const cookie = [...this.cookies]
      .filter(([name]) => !(isFromElsewhere && this.#strict.has(name)))
      .map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookie !== "") headers.set("cookie", cookie);
    const response = await fetch(`${this.origin}${path}`, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
      if (/samesite=strict/i.test(line)) this.#strict.add(name);
    }
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (isStream === true) return response;
    const { status, headers: answered } = response;
    const bytes = await response.arrayBuffer();
    return new Response(bytes.byteLength === 0 ? null : bytes, { status, headers: answered });
  }

  /** As the page does: from its own origin. */
  post(path: string, body?: unknown): Promise<Response> {
    return this.send(path, {
      method: "POST",
      headers: { "Origin": this.origin, "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
  }

  /** Goes to the provider and chooses somebody there; resolves with the path of the way back. */
  async choose(subject: string, to = ""): Promise<string> {
    const begun = await this.send(`/sign-in?to=${encodeURIComponent(to)}`);
    return await chosen(begun.headers.get("location") ?? "", subject);
  }

  async signIn(subject: string, to?: string): Promise<Response> {
    return await this.comeBack(await this.choose(subject, to));
  }

  /** From the provider, which is another site: cookies for requests of the server's own page are not sent. */
  async comeBack(path: string): Promise<Response> {
    return await this.send(path, { headers: { "Sec-Fetch-Site": "cross-site" } }, true);
  }

  async me(): Promise<{ readonly status: number; readonly name?: string; readonly role?: string }> {
    const response = await this.send("/api/me");
    return { status: response.status, ...await response.json() };
  }
}

async function chosen(authorize: string, subject: string): Promise<string> {
  const url = new URL(authorize);
  url.searchParams.set("person", subject);
  const answer = await fetch(`${url.origin}${url.pathname}`, {
    method: "POST",
    body: url.searchParams,
    redirect: "manual",
  });
  await answer.body?.cancel();
  const back = new URL(answer.headers.get("location") ?? "");
  return back.pathname + back.search;
}
