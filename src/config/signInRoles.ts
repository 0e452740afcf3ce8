import { type KeyRole, keyRoles } from "../utils/keyScopes.ts";

/** Who gets a role: a person, everybody of a domain, or a group of the provider. */
export interface RoleRule {
  readonly who:
    | { readonly kind: "email"; readonly email: string }
    | { readonly kind: "domain"; readonly domain: string }
    | { readonly kind: "group"; readonly group: string };
  readonly role: KeyRole;
}

/** What a provider says of a person. */
export interface SignedPerson {
  /** In lower case; absent where there is none that the provider has verified. */
  readonly email?: string;
  readonly groups: readonly string[];
}

/** The most privileged role of all rules that match; undefined where none does. */
export function roleOfPerson(
  rules: readonly RoleRule[],
  person: SignedPerson,
): KeyRole | undefined {
  const roles = rules.filter((rule) => matches(rule, person)).map(({ role }) => role);
  return keyRoles.toReversed().find((role) => roles.includes(role));
}

/** Those groups of a person that any rule names: no others need to be kept. */
export function namedGroups(
  rules: readonly RoleRule[],
  groups: readonly string[],
): readonly string[] {
  const named = new Set(rules.flatMap(({ who }) => who.kind === "group" ? [who.group] : []));
  return [...new Set(groups)].filter((group) => named.has(group));
}

/** Reads `ann@example.com=admin`, `*@example.com=viewer` or `group:Support=operator`; undefined for anything else. */
export function parseRoleRule(text: string): RoleRule | undefined {
  const [, who = "", named = ""] = /^(.+)=\s*([a-z]+)$/.exec(text) ?? [];
  const role = keyRoles.find((known) => known === named);
  if (role === undefined) return undefined;
  const subject = who.trim();
  const group = /^group:\s*(\S.{0,199})$/.exec(subject)?.[1];
  if (group !== undefined) return { who: { kind: "group", group }, role };
  const domain = /^\*@([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)$/.exec(subject)?.[1]?.toLowerCase();
  if (domain !== undefined) return { who: { kind: "domain", domain }, role };
  const email = addressOf(subject);
  return email === undefined ? undefined : { who: { kind: "email", email }, role };
}

/** Whether a name in calls, limits and the audit is that of a person: no key can have such a name. */
export function isPersonName(name: string): boolean {
  return name.includes("@") || name.startsWith("sub:");
}

/**
 * An address in lower case, as it can be the name of a person here; undefined for any other text. Refused are
 * letters whose lower case is ASCII, such as the Kelvin sign (U+212A), since the address would equal another one, and
 * invisible characters, since it would look like another one.
 */
export function addressOf(text: string): string | undefined {
  const email = text.trim();
  const lower = email.toLowerCase();
  return email.length <= MAX_ADDRESS_CHARS && EMAIL.test(lower) && foreign(lower) === foreign(email)
    ? lower
    : undefined;
}

/** As RFC 5321 allows: 64 before the @, 255 after it. */
const MAX_ADDRESS_CHARS = 320;
const EMAIL = /^[^\s\p{C}@,;:"'<>()[\]\\*]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*$/u;

/** How many characters are not those of ASCII. */
function foreign(text: string): number {
  return text.replace(/[\0-\x7f]/g, "").length;
}

function matches({ who }: RoleRule, { email = "", groups }: SignedPerson): boolean {
  switch (who.kind) {
    case "email":
      return email === who.email;
    case "domain":
      return email.endsWith(`@${who.domain}`);
    case "group":
      return groups.includes(who.group);
  }
}
