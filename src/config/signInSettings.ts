import { isLoopback } from "../utils/http/loopback.ts";
import { present } from "../utils/present.ts";
import type { SettingReader } from "./settingReader.ts";
import type { ServerSettings, SignInSettings } from "./settings.ts";
import { parseRoleRule, type RoleRule } from "./signInRoles.ts";

/** Reads where people sign in, and who gets which role; undefined where none of it is set. */
export function readSignIn(
  read: SettingReader,
  { host, publicUrl }: Pick<ServerSettings, "host" | "publicUrl">,
): SignInSettings | undefined {
  const hours = read.whole("SIGN_IN_HOURS", 12, { min: 1, max: 720 });
  const groupsClaim = read.matching(
    "OIDC_GROUPS_CLAIM",
    /^[\w.:/-]{1,200}$/,
    "must be the name of a claim, such as groups or roles.",
  ) ?? "groups";
  if (!SETTINGS.some((name) => read.text(name) !== undefined)) return undefined;
  const issuer = readIssuer(read);
  const clientId = required(read, "OIDC_CLIENT_ID", "the id of the client at the provider");
  const rules = readRules(read);
  if (publicUrl === undefined && !isLoopback(host)) {
    read.problem(
      "PUBLIC_URL is missing, and OIDC_ISSUER is set: people come back from the provider to PUBLIC_URL/sign-in/callback.",
    );
  }
  if (issuer === undefined || clientId === undefined) return undefined;
  return {
    issuer,
    clientId,
    ...present({ clientSecret: read.text("OIDC_CLIENT_SECRET") }),
    groupsClaim,
    rules,
    sessionMs: hours * 3_600_000,
  };
}

/** Any of them shows that sign-in is meant to be on. */
const SETTINGS = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "SIGN_IN_ROLES"];

const MAX_RULES = 500;

function readIssuer(read: SettingReader): string | undefined {
  if (required(read, "OIDC_ISSUER", "the issuer of the provider") === undefined) return undefined;
  const url = read.url(
    "OIDC_ISSUER",
    "https://accounts.example.com",
    ", unless the provider is on this machine: it says who may use this server.",
  );
  if (url === undefined) return undefined;
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    read.problem("OIDC_ISSUER must have no user name, password, query or fragment.");
  }
  if (url.pathname.includes("/.well-known/")) {
    read.problem(
      "OIDC_ISSUER must be the issuer itself: leave out /.well-known/ and what follows.",
    );
  }
  return read.text("OIDC_ISSUER");
}

function readRules(read: SettingReader): readonly RoleRule[] {
  const entries = read.list("SIGN_IN_ROLES");
  const rules = entries.map(parseRoleRule);
  if (entries.length === 0) {
    read.problem(
      "SIGN_IN_ROLES is missing, and OIDC_ISSUER is set: nobody could sign in. Say who gets which role, such as ann@example.com=admin,*@example.com=viewer.",
    );
  }
  if (entries.length > MAX_RULES) {
    read.problem(`SIGN_IN_ROLES has more than ${MAX_RULES} entries: use groups or *@domain.`);
  }
  for (const [at, rule] of rules.entries()) {
    if (rule !== undefined) continue;
    read.problem(
      `SIGN_IN_ROLES, entry ${
        at + 1
      }: write ann@example.com=admin, *@example.com=viewer or group:Support=operator, with one of the roles viewer, operator and admin.`,
    );
  }
  return rules.filter((rule) => rule !== undefined);
}

function required(read: SettingReader, name: string, what: string): string | undefined {
  const value = read.text(name);
  if (value === undefined) {
    read.problem(
      `${name} is missing, and other settings of sign-in are there: give ${what}, or leave out OIDC_* and SIGN_IN_ROLES.`,
    );
  }
  return value;
}
