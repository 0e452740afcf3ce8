/** What a process loads, as its inspector reports it. */
export interface LoadedScripts extends AsyncDisposable {
  /** The URLs of what was loaded before, in its order. */
  readonly before: readonly string[];
  /** The URLs of what has been loaded since then, until now. */
  since(): Promise<readonly string[]>;
}

/** Follows what a process loads that runs with `--inspect` at this port of 127.0.0.1. */
export async function watchScripts(port: number): Promise<LoadedScripts> {
  const [target] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  const closed = Promise.withResolvers<void>();
  socket.onclose = () => closed.resolve();
  await new Promise((resolve) => socket.onopen = resolve);
  const urls: string[] = [];
  const answers = new Map<number, () => void>();
  let asked = 0;
  socket.onmessage = ({ data }) => {
    const { id, method, params } = JSON.parse(data);
    if (method === "Debugger.scriptParsed") urls.push(params.url);
    answers.get(id)?.();
  };
  // Reports and answers come in order: with an answer, all earlier reports are there.
  const ask = async (method: string, params = {}) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const id = ++asked;
    answers.set(id, resolve);
    socket.send(JSON.stringify({ id, method, params }));
    await promise;
  };
  await ask("Debugger.enable");
  const before = urls.slice();
  return {
    before,
    async since() {
      await ask("Debugger.setSkipAllPauses", { skip: true });
      return urls.slice(before.length);
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed.promise;
    },
  };
}
