/** What TypeScript's DOM library leaves out of the scope that audio worklets run in. */
declare global {
  interface WorkletProcessor {
    readonly port: MessagePort;
  }
  var AudioWorkletProcessor: { new (): WorkletProcessor };
  /** Of the context that the worklet runs in. */
  var sampleRate: number;
  function registerProcessor(name: string, processor: new () => WorkletProcessor): void;
}

export {};
