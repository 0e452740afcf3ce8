import { type Context, Hono } from "@hono/hono";
import type { AuditLog } from "../services/records.ts";
import { PENDING_MS, ProviderError, type SignIn } from "../services/signIn.ts";
import { isLoopback } from "../utils/http/loopback.ts";
import { newToken } from "../utils/ids.ts";
import type { Log } from "../utils/logger.ts";
import { present } from "../utils/present.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { isOwnPage } from "./middleware/requestOrigin.ts";
import { cookieNamed, type SessionCallers } from "./middleware/sessionCaller.ts";
import { createSignInLimits, type SignInLimitsDeps } from "./signInLimits.ts";
import { type SignInFault, signInFaultPage } from "./signInPage.ts";

export interface SignInRoutesDeps extends SignInLimitsDeps {
  readonly signIn: SignIn;
  readonly sessions: SessionCallers;
  readonly audit: Pick<AuditLog, "note">;
  readonly publicOrigin?: string | undefined;
  readonly log: Pick<Log, "warn">;
}

/** `/sign-in`, `/sign-in/callback` and `/sign-out`: people come and go by way of the provider. */
export function signInRoutes(
  { signIn, sessions, audit, publicOrigin, log, now, ...addresses }: SignInRoutesDeps,
): Hono<RouteEnv> {
  const limits = createSignInLimits({ now, ...addresses });
  // Whoever has an account at the provider may be refused: the audit and the log are not theirs to fill.
  const lines = createRateLimiter(LINES);
  const refusals = createRateLimiter(LINES);
  const pending = cookieNamed("parley_sign_in", publicOrigin);
  const routes = new Hono<RouteEnv>();

  routes.get("/sign-in", async (c) => {
    const to = placeIn(c.req.query("to"));
    // Where the provider asks nothing, another site could begin sessions until those of the person end.
    if (!isOwnPage(c.req.raw, publicOrigin)) return moved(c, `/${to}`);
    const pace = limits.begin(c);
    if (!pace.allowed) return await signInFaultPage(c, "too_many", { to, ...pace });
    const redirectUri = redirectUriOf(c);
    if (redirectUri === undefined) return await otherAddress(c, to);
    // One that is under way in another tab goes on to be good.
    const browser = pending.read(c) ?? newToken();
    try {
      const earlier = (await earlierSession(c).catch(() => undefined))?.id;
      const url = await signIn.begin({ browser, to, redirectUri, ...present({ earlier }) });
      pending.set(c, browser, { sameSite: "Lax", maxAge: PENDING_MS / 1000 });
      return moved(c, url);
    } catch (error) {
      return await failed(c, error, to);
    }
  });

  routes.get("/sign-in/callback", async (c) => {
    const redirectUri = redirectUriOf(c);
    if (redirectUri === undefined) return await otherAddress(c, "");
    const browser = pending.read(c);
    const search = new URL(c.req.url).search;
    if (browser === undefined || search.length > MAX_SEARCH) {
      return await signInFaultPage(c, "too_old", { to: "" });
    }
    const callback = new URL(redirectUri + search);
    const state = callback.searchParams.get("state") ?? "";
    let to: string | undefined;
    try {
      to = await signIn.placeOf(state, browser);
      if (to === undefined) return await signInFaultPage(c, "too_old", { to: "" });
      const pace = limits.arrive(c);
      if (!pace.allowed) return await signInFaultPage(c, "too_many", { to, ...pace });
      const come = await signIn.arrive(callback, browser);
      if (come === undefined) return await signInFaultPage(c, "too_old", { to: "" });
      if (come.arrival.role !== undefined) limits.countGood(c);
      pending.clear(c);
      return await welcome(c, come);
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.mayBeTheirs) limits.countGood(c);
      return await failed(c, error, to ?? "");
    }
  });

  routes.post("/sign-out", async (c) => {
    if (!isOwnPage(c.req.raw, publicOrigin)) {
      throw new HttpProblem(403, "origin_not_allowed", "Only the server's own page signs out.");
    }
    // The browser forgets it also where the store fails.
    sessions.clear(c);
    await endSession(await earlierSession(c));
    const redirectUri = redirectUriOf(c);
    const next = redirectUri === undefined
      ? undefined
      : await signIn.provider.endUrl(new URL("/", redirectUri).href);
    return c.json({ next: next ?? null }, 200, { "Cache-Control": "no-store" });
  });

  return routes;

  async function welcome(
    c: Context<RouteEnv>,
    { arrival: { person, email, groups, role }, to, earlier }: NonNullable<
      Awaited<ReturnType<SignIn["arrive"]>>
    >,
  ): Promise<Response> {
    if (role === undefined) {
      const isNamed = refusals.consume("", now()).allowed;
      audit.note({
        action: "session.begin",
        refused: "not_allowed",
        ...(isNamed && { keyName: person }),
      });
      return await signInFaultPage(c, "not_allowed", { to, values: { name: person } });
    }
    let begun;
    try {
      begun = await signIn.sessions.begin({
        ...{ person, groups },
        ...(email !== undefined && { email }),
      });
    } catch (error) {
      log.warn("Session not stored", { error });
      return await signInFaultPage(c, "store_unavailable", { to });
    }
    // The browser's earlier session would go on without anybody who holds it.
    await endSession(signIn.sessions.list().find(({ id }) => id === earlier)).catch(() => {});
    audit.note({ action: "session.begin", keyName: person, subject: begun.session.id });
    sessions.set(c, begun.secret);
    return moved(c, `/${to}`);
  }

  async function earlierSession(c: Context<RouteEnv>): Promise<Session | undefined> {
    const secret = sessions.secretOf(c);
    return secret === undefined ? undefined : await signIn.sessions.find(secret);
  }

  async function endSession(session: Session | undefined): Promise<void> {
    if (session === undefined) return;
    await signIn.sessions.end(session);
    audit.note({ action: "session.end", keyName: session.person, subject: session.id });
  }

  async function failed(c: Context<RouteEnv>, error: unknown, to: string): Promise<Response> {
    const fault: SignInFault = error instanceof ProviderError ? error.fault : "store_unavailable";
    if (fault !== "cancelled" && lines.consume("", now()).allowed) {
      log.warn("Sign-in failed", {
        fault,
        ...(error instanceof ProviderError ? { detail: error.detail } : { error }),
      });
    }
    return await signInFaultPage(c, fault, { to, values: { host: signIn.provider.host } });
  }

  /** Undefined where the page was opened at another address than others reach the server at. */
  function redirectUriOf({ req }: Context<RouteEnv>): string | undefined {
    if (publicOrigin !== undefined) return `${publicOrigin}${CALLBACK}`;
    const own = URL.parse(req.url);
    return own !== null && isLoopback(own.hostname) ? `${own.origin}${CALLBACK}` : undefined;
  }

  function otherAddress(c: Context<RouteEnv>, to: string): Promise<Response> {
    return signInFaultPage(c, "other_address", { to, values: { url: "localhost" } });
  }
}

type Session = ReturnType<SignIn["sessions"]["list"]>[number];

const CALLBACK = "/sign-in/callback";
const LINES = { capacity: 100, refillPerSecond: 0.1 };
const MAX_SEARCH = 6000;

/** Where in the page to go on: a part of it, or the documentation, never another site. */
function placeIn(to: string | undefined): string {
  return to !== undefined && PLACE.test(to) ? to : "";
}

const PLACE = /^(?:docs)?(?:#[!-~]{0,600})?$/;

/** With 303 whatever the method was; nothing of it is kept. */
function moved(c: Context, url: string): Response {
  return c.body(null, 303, { "Location": url, "Cache-Control": "no-store" });
}
