const root = new URL("../../", import.meta.url).pathname;

/** What `deno task doctor --json` prints. */
export interface Diagnosis {
  readonly exitCode: number;
  readonly text: string;
  readonly report: {
    readonly ok: boolean;
    readonly server: string;
    readonly checks: readonly {
      readonly part: string;
      readonly code: string;
      readonly state: string;
      readonly text: string;
      readonly remedy: string | null;
      readonly fix: { readonly code: string; readonly text: string } | null;
    }[];
    readonly fixed: readonly { readonly code: string }[];
    readonly failed: readonly { readonly code: string; readonly reason: string }[];
  };
}

/** A folder as an operator has one: the program, `deno.json`, `.env` and agents of one's own. */
export interface DoctorFolder extends AsyncDisposable {
  readonly path: string;
  write(name: string, text: string, mode?: number): Promise<void>;
  read(name: string): Promise<string>;
  /** Runs the real command there, with nothing of this process's environment. */
  diagnose(...options: readonly string[]): Promise<Diagnosis>;
  run(...options: readonly string[]): Promise<{ readonly exitCode: number; readonly text: string }>;
}

export async function createDoctorFolder(): Promise<DoctorFolder> {
  const path = await Deno.makeTempDir({ prefix: "doctor-" });
  await Deno.symlink(`${root}src`, `${path}/src`);
  for (const name of ["deno.json", "deno.lock", ".env.example"]) {
    await Deno.copyFile(`${root}${name}`, `${path}/${name}`);
  }
  await Deno.mkdir(`${path}/agents`);

  async function run(...options: readonly string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "doctor", ...options],
      cwd: path,
      clearEnv: true,
      env: Object.fromEntries(
        ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
          const value = Deno.env.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { exitCode: code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  return {
    path,
    async write(name, text, mode = 0o600) {
      await Deno.writeTextFile(`${path}/${name}`, text);
      await Deno.chmod(`${path}/${name}`, mode);
    },
    read: (name) => Deno.readTextFile(`${path}/${name}`),
    run,
    async diagnose(...options) {
      const { exitCode, text } = await run("--json", ...options);
      return { exitCode, text, report: JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
