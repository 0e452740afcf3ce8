import type { Settings } from "../../config/settings.ts";
import type { SignIn } from "../signIn.ts";
import type { Finding } from "./setupCheck.ts";

/** Whether people can sign in; asks the provider. Never rejects. */
export async function signInFinding(
  { server: { publicUrl, port } }: Pick<Settings, "server">,
  provider: Pick<SignIn["provider"], "host" | "examine"> | undefined,
): Promise<Finding> {
  if (provider === undefined) {
    return {
      code: "sign_in_off",
      state: "off",
      text: "Nobody signs in: people use the page with API keys.",
      remedy:
        "Set OIDC_ISSUER, OIDC_CLIENT_ID and SIGN_IN_ROLES to have people sign in at your provider.",
    };
  }
  const origin = publicUrl ?? `http://localhost:${port}`;
  const values = { host: provider.host, redirect: `${origin}/sign-in/callback` };
  const error = await provider.examine();
  switch (error?.fault) {
    case undefined:
      return {
        code: "sign_in_ok",
        state: "ok",
        text: "People sign in at {host}; the redirect URI is {redirect}.",
        values,
      };
    case "not_permitted":
      return {
        code: "sign_in_host_not_permitted",
        state: "broken",
        text: "Nobody can sign in: {endpoint}, a host of the provider, may not be reached.",
        remedy: 'Add "{endpoint}" to "net" of permissions.server in deno.json.',
        values: { ...values, endpoint: error?.detail ?? "" },
      };
    case "other_issuer":
      return {
        code: "sign_in_other_issuer",
        state: "broken",
        text: "Nobody can sign in: {host} calls itself otherwise than OIDC_ISSUER.",
        remedy:
          "Write OIDC_ISSUER exactly as its discovery document does, with the tenant's own id.",
        values,
      };
    case "unreachable":
      return {
        code: "sign_in_unreachable",
        state: "broken",
        text: "Nobody can sign in: {host} does not answer.",
        remedy: "Check OIDC_ISSUER, the network and the firewall; keys work in the meantime.",
        values,
      };
    default:
      return {
        code: "sign_in_not_understood",
        state: "broken",
        text: "Nobody can sign in: what {host} says of itself is not understood.",
        remedy: "Check OIDC_ISSUER: it must be an OpenID provider with a discovery document.",
        values,
      };
  }
}
