/** What a process is to publish. */
export interface SlicePlan {
  readonly seconds: number;
  /** As a multiple of what the recorded calls make. */
  readonly speed: number;
  /** Through the hub whose events other processes get, through one that shares with nobody, or nothing. */
  readonly through: "shared" | "lone" | "none";
}

export interface Slice {
  readonly instanceId: string;
  readonly published: number;
  /** Without states of turns that a later state may replace before they are read. */
  readonly lasting: number;
  readonly cpuMs: number;
  readonly warnings: number;
}

/** A process of `member.ts`. */
export interface Member extends AsyncDisposable {
  readonly pid: number;
  run(plan: SlicePlan): Promise<Slice>;
  /** Opens a stream of all events. */
  follow(): Promise<Response>;
}

export async function startMember(
  { databaseUrl, key, traceFile }: {
    readonly databaseUrl: string;
    readonly key: string;
    readonly traceFile: string;
  },
): Promise<Member> {
  const script = new URL("member.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", script, databaseUrl, key, traceFile],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: port = "" } = await output.read();
  const origin = `http://127.0.0.1:${port.trim()}`;
  return {
    pid: child.pid,
    run: async (plan) => {
      const body = JSON.stringify(plan);
      return await (await fetch(`${origin}/slice`, { method: "POST", body })).json();
    },
    follow: () => fetch(`${origin}/api/events`, { headers: { "X-API-Key": key } }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await output.cancel();
    },
  };
}
