export { type Arrival, openSignIn, type SignIn } from "./signIn/openSignIn.ts";
export { PENDING_MS } from "./signIn/pendingSignIn.ts";
export { createProvider, ProviderError, type ProviderFault } from "./signIn/provider.ts";
