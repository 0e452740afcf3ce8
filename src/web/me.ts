/// <reference lib="dom" />
import { fetchApiJson, storedKey, storeKey } from "./apiClient.ts";
import { find } from "./elements.ts";
import { t } from "./text.ts";

/** Whose key the page uses: the answer of `/api/me`. */
interface Me {
  /** Null on a server without keys. */
  readonly name: string | null;
  readonly role: string | null;
  readonly may: readonly string[];
}

let known: { readonly key: string; readonly me: Promise<Me> } | undefined;

/**
 * Learns what the key of this tab may do, and shows whose it is. Elements with `data-needs` are shown to keys
 * with that scope, those with `data-lacks` to the others (`views.css`). Throws `RequestError`.
 */
export async function learnMe(): Promise<void> {
  const key = storedKey();
  if (known?.key !== key) {
    const me = fetchApiJson<Me>("/api/me");
    known = { key, me };
    me.catch(() => known = undefined);
  }
  const { name, role, may } = await known.me;
  document.body.dataset["may"] = may.join(" ");
  find("me", HTMLElement).hidden = name === null;
  find("me-name", HTMLElement).textContent = name ?? "";
  find("me-role", HTMLElement).textContent = role === null ? "" : ROLES[role] ?? role;
  find("sign-out", HTMLButtonElement).onclick = () => {
    storeKey("");
    location.reload();
  };
}

/** Whether the key of this tab may do what needs a scope; true until that is known. */
export function may(scope: string): boolean {
  return document.body.dataset["may"]?.split(" ").includes(scope) ?? true;
}

/** The element, shown only to keys with a scope. */
export function needing<E extends HTMLElement>(scope: string, element: E): E {
  element.dataset["needs"] = scope;
  return element;
}

const ROLES: Readonly<Record<string, string>> = {
  viewer: t("Viewer"),
  operator: t("Operator"),
  admin: t("Admin"),
};
