import type { SignInSettings } from "../../config/settings.ts";
import {
  addressOf,
  namedGroups,
  roleOfPerson,
  type SignedPerson,
} from "../../config/signInRoles.ts";
import type { Clock } from "../../utils/clock.ts";
import { newToken } from "../../utils/ids.ts";
import type { KeyRole } from "../../utils/keyScopes.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { sha256 } from "../../utils/sha256.ts";
import type { Cluster } from "../cluster.ts";
import type { SignIn as Session, Store } from "../store.ts";
import { type BrowserState, createPendingSignIns } from "./pendingSignIn.ts";
import { type Claims, createProvider, type Provider } from "./provider.ts";
import { openSessions, type Sessions } from "./sessions.ts";

export interface SignInDeps extends Pick<Clock, "setTimer"> {
  readonly settings: { readonly signIn?: SignInSettings };
  readonly store: Pick<Store, "clock" | "signIns" | "keyValues">;
  readonly cluster: Pick<Cluster, "bus">;
  readonly log: Pick<Log, "warn">;
}

/** A person as the provider has told of them, and the role that the settings give. */
export interface Arrival extends SignedPerson {
  readonly person: string;
  /** Absent for one whom no entry of the settings names. */
  readonly role?: KeyRole;
}

/** Sign-in of people at an OpenID provider. */
export interface SignIn extends AsyncDisposable {
  readonly provider: Pick<Provider, "host" | "endUrl" | "examine">;
  readonly sessions: Pick<
    Sessions,
    "begin" | "find" | "list" | "end" | "isOver" | "isAway" | "onEnded"
  >;
  /**
   * Where a browser has to go; `to` is where in the page it goes on then, `browser` is a secret that it holds,
   * `earlier` the id of the session that it has so far. Throws `ProviderError`.
   */
  begin(request: BrowserState & { browser: string; redirectUri: string }): Promise<string>;
  /** Where a sign-in of this browser goes on in the page; undefined for one that is unknown or too old. */
  placeOf(state: string, browser: string): Promise<string | undefined>;
  /** Who has come back from the provider, and what `begin` was told; undefined as above. Throws `ProviderError`. */
  arrive(
    callback: URL,
    browser: string,
  ): Promise<BrowserState & { readonly arrival: Arrival } | undefined>;
  /** The role by the settings as they are now. */
  roleOf(session: Pick<Session, "email" | "groups">): KeyRole | undefined;
}

/** Opens sign-in; undefined where the settings have none. Loads the provider's client with the first who signs in. */
export async function openSignIn(
  { settings: { signIn: settings }, store, cluster, setTimer, log }: SignInDeps,
): Promise<SignIn | undefined> {
  if (settings === undefined) return undefined;
  const { now } = store.clock;
  const { rules, groupsClaim, sessionMs } = settings;
  const provider = createProvider(settings, { now: () => performance.now() });
  const pending = createPendingSignIns({
    secret: () => store.keyValues.getOrSet("sign_in_secret", newToken()),
    now,
  });
  const { signIns } = store;
  const sessions = await openSessions({
    ...{ signIns, bus: cluster.bus, sessionMs },
    ...{ now, setTimer, log },
  });
  return {
    provider,
    sessions,
    async begin({ browser, redirectUri, ...state }) {
      return await provider.authorizeUrl(await pending.begin(browser, state), redirectUri);
    },
    placeOf: async (state, browser) => (await pending.read(state, browser))?.to,
    async arrive(callback, browser) {
      const known = await pending.read(callback.searchParams.get("state") ?? "", browser);
      if (known === undefined) return undefined;
      const claims = await provider.claimsOf(callback, known);
      const person = personOf(claims, groupsClaim);
      const groups = namedGroups(rules, person.groups);
      const role = roleOfPerson(rules, { ...person, groups });
      const { to, earlier } = known;
      return { arrival: { ...person, groups, ...present({ role }) }, to, ...present({ earlier }) };
    },
    roleOf: (session) => roleOfPerson(rules, session),
    [Symbol.asyncDispose]: sessions.close,
  };
}

const MAX_GROUPS = 1000;

/** An address counts unless the provider says that it is not verified. */
function personOf(claims: Claims, groupsClaim: string): SignedPerson & { readonly person: string } {
  const listed = claims[groupsClaim];
  const groups = (Array.isArray(listed) ? listed : [listed])
    .slice(0, MAX_GROUPS)
    .filter((group) => typeof group === "string");
  const { email: given, email_verified: verified } = claims;
  const email = typeof given === "string" ? addressOf(given) : undefined;
  // Some providers have no such flag, or write it as a text; what else it may be proves nothing.
  const isVerified = verified === undefined || verified === true ||
    (typeof verified === "string" && verified.toLowerCase() === "true");
  if (email !== undefined && isVerified) {
    return { person: email, email, groups };
  }
  const subject = typeof claims["sub"] === "string" ? claims["sub"] : "";
  const name = /^[\w.|-]{1,100}$/.test(subject) ? subject : sha256(subject).toHex().slice(0, 32);
  return { person: `sub:${name}`, groups };
}
