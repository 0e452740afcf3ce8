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
  const email = subject.toLowerCase();
  const domain = /^\*@([a-z0-9-]+(?:\.[a-z0-9-]+)+)$/.exec(email)?.[1];
  if (domain !== undefined) return { who: { kind: "domain", domain }, role };
  return EMAIL.test(email) ? { who: { kind: "email", email }, role } : undefined;
}

/** Whether a name in calls, limits and the audit is that of a person: no key can have such a name. */
export function isPersonName(name: string): boolean {
  return name.includes("@") || name.startsWith("sub:");
}

/** An address in lower case that can be the name of a person here. */
export const EMAIL = /^[^\s@,;:"'<>()[\]\\*]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

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
