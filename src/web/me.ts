/// <reference lib="dom" />
import { fetchApiJson, fetchJson, storedKey, storeKey } from "./apiClient.ts";
import { find } from "./elements.ts";
import { t } from "./text.ts";

/** Who uses the page: the answer of `/api/me`. */
interface Me {
  /** Null on a server without keys. */
  readonly name: string | null;
  readonly role: string | null;
  readonly may: readonly string[];
  /** Whether a key says so, or a sign-in; null on a server without keys. */
  readonly by: "key" | "sign-in" | null;
}

let known: { readonly key: string; readonly me: Promise<Me> } | undefined;

/**
 * Learns who uses the page, by the key of this tab or by sign-in, and shows it. Elements with `data-needs` are shown to those with that scope, those with `data-lacks` to the others
 * (`views.css`). Throws `RequestError`.
 */
export async function learnMe(): Promise<void> {
  const key = storedKey();
  if (known?.key !== key) {
    const me = fetchApiJson<Me>("/api/me");
    known = { key, me };
    me.catch(() => known = undefined);
  }
  const { name, role, may, by } = await known.me;
  document.body.dataset["may"] = may.join(" ");
  document.body.dataset["by"] = by ?? "";
  find("me", HTMLElement).hidden = name === null;
  const shownRole = role === null ? "" : ROLES[role] ?? role;
  Object.assign(find("me-name", HTMLElement), {
    textContent: name ?? "",
    title: [name ?? "", ...(shownRole === "" ? [] : [shownRole])].join(" · "),
  });
  find("me-role", HTMLElement).textContent = shownRole;
  find("sign-out", HTMLButtonElement).onclick = () => signOut(by);
}

/** Nobody is known any more: a sign-in is over. */
export function forgetMe(): void {
  known = undefined;
  delete document.body.dataset["by"];
  find("me", HTMLElement).hidden = true;
}

/** Forgets the key of this tab, or ends the sign-in here and, where it has a place for that, at the provider. */
async function signOut(by: Me["by"]): Promise<void> {
  storeKey("");
  if (by !== "sign-in") return location.reload();
  try {
    const { next } = await fetchJson<{ readonly next: string | null }>("/sign-out", {
      method: "POST",
    });
    if (next !== null) return location.assign(next);
  } catch {
    // The page says what is the matter once it is loaded again.
  }
  location.reload();
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
