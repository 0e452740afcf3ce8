/**
 * What a parser reads in a module, without its places: every node with its own values, and where it ends.
 * Throws `SyntaxError`.
 */
export function syntaxOf(javaScript: string): readonly string[] {
  const read: string[] = [];
  const rule: Deno.lint.Rule = {
    create: () => ({
      "*": (node: Deno.lint.Node) => void read.push(JSON.stringify(valuesOf(node))),
      "*:exit": () => void read.push("end"),
    }),
  };
  Deno.lint.runPlugin({ name: "syntax", rules: { syntax: rule } }, "module.mjs", javaScript);
  return read;
}

function valuesOf(node: Deno.lint.Node): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const name of namesOf(node)) {
    const value: unknown = Reflect.get(node, name);
    if (["string", "number", "boolean"].includes(typeof value)) values[name] = value;
  }
  return values;
}

/** The values stand in accessors of a node's prototypes. */
function namesOf(node: Deno.lint.Node): readonly string[] {
  const known = names.get(node.type);
  if (known !== undefined) return known;
  const found: string[] = [];
  for (let part: unknown = node; part instanceof Object; part = Object.getPrototypeOf(part)) {
    if (part !== Object.prototype) found.push(...Object.getOwnPropertyNames(part));
  }
  const own = found.filter((name) => name !== "parent" && name !== "range");
  names.set(node.type, own);
  return own;
}

const names = new Map<string, readonly string[]>();
