import {
  type BaseRouterDeps,
  createBaseRouter,
  type Router,
} from "../../../src/routes/baseRouter.ts";
import { healthRoutes } from "../../../src/routes/health.ts";

/** The server's router around a test's own routes; what goes wrong unforeseen is printed. */
export function plainRouter(
  mount: (router: Router) => void,
  { isFull = false }: { readonly isFull?: boolean } = {},
): Router {
  const log: BaseRouterDeps["log"] = {
    debug() {},
    info() {},
    error: (message, fields) => console.error(message, fields),
  };
  const router = createBaseRouter({
    allowedOrigins: [],
    newRequestId: () => "req_1",
    now: () => 0,
    log,
  });
  router.route(
    "/",
    healthRoutes({
      calls: { size: 0, refusal: isFull ? "full" : undefined },
      maxCalls: 1,
      isDraining: () => false,
      uptimeSeconds: () => 0,
    }),
  );
  mount(router);
  return router;
}
