import { Hono } from "@hono/hono";
import type { BusyReason } from "../call/registry.ts";
import type { Incident } from "../utils/incidents.ts";

/** One dependency of the server; where it is not vital (default: it is), `/ready` ignores its failure. */
type HealthCheck = () => {
  readonly ok: boolean;
  readonly detail?: string;
  readonly vital?: boolean;
};

/** Where the health routes read the state of the process; nothing here may wait. */
export interface HealthDeps {
  readonly calls: { readonly size: number; readonly refusal: BusyReason | undefined };
  readonly maxCalls: number;
  readonly isDraining: () => boolean;
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  readonly incidents?: () => readonly Incident[];
  /** Seconds since the process began. */
  readonly uptimeSeconds: () => number;
}

/** `GET /health`: is the process alive? `GET /ready`: can it take another call? */
export function healthRoutes(
  { calls, maxCalls, isDraining, checks = {}, incidents = () => [], uptimeSeconds }: HealthDeps,
): Hono {
  const routes = new Hono();
  routes.get("/health", (c) => {
    const results = runChecks();
    const active = incidents();
    const isHealthy = active.length === 0 && Object.values(results).every(({ ok }) => ok);
    return c.json({
      status: isHealthy ? "ok" : "degraded",
      uptimeSeconds: Math.floor(uptimeSeconds()),
      calls: { live: calls.size, max: maxCalls },
      checks: results,
      incidents: active.map(({ since, last, ...incident }) => ({
        ...incident,
        since: new Date(since).toISOString(),
        last: new Date(last).toISOString(),
      })),
    });
  });
  routes.get("/ready", (c) => {
    const results = runChecks();
    const status = stateOf(results);
    return c.json({ status, checks: results }, status === "ready" ? 200 : 503, {
      "Cache-Control": "no-store",
    });
  });
  return routes;

  function runChecks() {
    return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check()]));
  }

  function stateOf(results: ReturnType<typeof runChecks>) {
    if (isDraining()) return "draining";
    if (calls.refusal !== undefined) return calls.refusal;
    return Object.values(results).every(({ ok, vital = true }) => ok || !vital)
      ? "ready"
      : "failing";
  }
}
