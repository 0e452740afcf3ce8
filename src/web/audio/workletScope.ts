/** The globals of audio worklets that TypeScript's DOM library lacks. */
declare global {
  interface WorkletProcessor {
    readonly port: MessagePort;
  }
  var AudioWorkletProcessor: { new (): WorkletProcessor };
  /** The rate of the worklet's context, in hertz. */
  var sampleRate: number;
  function registerProcessor(name: string, processor: new () => WorkletProcessor): void;
}

export {};
