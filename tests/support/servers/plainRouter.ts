import { createRouter, type Router, type RouterDeps } from "../../../src/routes/baseRouter.ts";

/** The server's router around a test's own routes; what goes wrong unforeseen is printed. */
export function plainRouter(
  mount: (router: Router) => void,
  { accepting = true }: { readonly accepting?: boolean } = {},
): ReturnType<typeof createRouter> {
  const log: RouterDeps["log"] = {
    debug() {},
    info() {},
    error: (message, fields) => console.error(message, fields),
  };
  return createRouter({
    health: {
      calls: { size: 0, accepting },
      maxCalls: 1,
      isDraining: () => false,
      uptimeSeconds: () => 0,
    },
    allowedOrigins: [],
    newRequestId: () => "req_1",
    now: () => 0,
    log,
    mount,
  });
}
