import { importsOf, type SourceFile } from "./sources.ts";

/** Finds groups of files that import each other, types included; each group sorted (Tarjan's algorithm). */
export function findCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const known = new Set(files.map(({ path }) => path));
  const targets = new Map(
    files.map((file) => [file.path, importsOf(file).filter((path) => known.has(path))]),
  );
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  function visit(path: string): number {
    const index = order.size;
    let low = index;
    order.set(path, index);
    open.push(path);
    for (const target of targets.get(path) ?? []) {
      if (target === path) circles.push([path]);
      const seen = order.get(target);
      if (seen === undefined) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, seen);
    }
    if (low === index) {
      const group = open.splice(open.indexOf(path));
      if (group.length > 1) circles.push(group.sort());
    }
    return low;
  }

  for (const path of known) if (!order.has(path)) visit(path);
  return circles;
}
