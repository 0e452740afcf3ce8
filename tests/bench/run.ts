/** Runs the benchmarks, or the one that is named: `deno task bench [load|interruption|...] [options]`. */
const [name, ...options] = Deno.args;
const folder = new URL("./", import.meta.url);
const all = [...Deno.readDirSync(folder)]
  .filter((entry) => entry.isFile && entry.name.endsWith(".ts") && entry.name !== "run.ts")
  .map((entry) => entry.name.replace(/\.ts$/, ""))
  .sort();

if (name !== undefined && !all.includes(name)) {
  console.error(`There is no benchmark ${name}. There are: ${all.join(", ")}.`);
  Deno.exit(1);
}

const permissions = ["net", "read", "write", "run", "env", "sys", "ffi"].map((one) =>
  `--allow-${one}`
);
for (const bench of name === undefined ? all : [name]) {
  console.log(`\n${bench}`);
  const script = new URL(`${bench}.ts`, folder).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, script, ...options],
  }).spawn();
  if (!(await child.status).success) Deno.exit(1);
}
