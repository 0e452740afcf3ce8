/// <reference lib="dom" />
const KEY_ITEM = "parley.key";

/** The API key that was entered in this tab; empty where none was. */
export function storedKey(): string {
  return sessionStorage.getItem(KEY_ITEM) ?? "";
}

/** Keeps the key until the tab is closed. */
export function storeKey(key: string): void {
  sessionStorage.setItem(KEY_ITEM, key);
}
