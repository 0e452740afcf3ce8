/** What a key may be used for; `admin` allows everything, for calls of every key. */
export const keyScopes = [
  "calls:create",
  "calls:read",
  "calls:listen",
  "calls:all",
  "appointments:read",
  "appointments:write",
  "lists:read",
  "lists:write",
  "setup:read",
  "metrics",
  "admin",
] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Named sets of scopes, for the keys of people. */
export const keyRoles = ["viewer", "operator", "admin"] as const;
export type KeyRole = (typeof keyRoles)[number];

/** Whether a key with these scopes may do what needs `scope`. */
export function allows(scopes: readonly KeyScope[], scope: KeyScope): boolean {
  return scopes.includes("admin") || scopes.includes(scope);
}

/** The scopes of a role. */
export function scopesOfRole(role: KeyRole): readonly KeyScope[] {
  return ROLES[role];
}

/**
 * The scopes of a key that names some: reading calls has always had listening to them in it, which only
 * a role takes out.
 */
export function writtenScopes(names: readonly string[]): readonly KeyScope[] {
  const listens = names.includes("calls:read");
  return keyScopes.filter((scope) =>
    names.includes(scope) || (listens && scope === "calls:listen")
  );
}

const VIEWER: readonly KeyScope[] = [
  "calls:read",
  "calls:all",
  "appointments:read",
  "lists:read",
  "setup:read",
];

const ROLES: Readonly<Record<KeyRole, readonly KeyScope[]>> = {
  viewer: VIEWER,
  operator: keyScopes.filter((scope) =>
    VIEWER.includes(scope) ||
    ["calls:create", "calls:listen", "appointments:write", "lists:write"].includes(scope)
  ),
  admin: ["admin"],
};
