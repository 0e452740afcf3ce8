/** A key of API_KEYS whose secret stands there, not its digest. */
export interface WrittenKey {
  readonly name: string;
  readonly secret: string;
  /** What follows the secret, such as `scopes=admin`; may be empty. */
  readonly rules: string;
}

/** Reads the keys that stand in the clear, in their order; what is no key is left out. */
export function writtenKeys(text: string): readonly WrittenKey[] {
  return text.split(",").flatMap((entry) => {
    const [, name, secret, rules = ""] = /^([^:;]+):([^;]+)(?:;(.*))?$/s.exec(entry.trim()) ?? [];
    if (name === undefined || secret === undefined || secret.startsWith("sha256:")) return [];
    return [{ name, secret, rules }];
  });
}
