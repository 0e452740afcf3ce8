/** To be run before the server: its first write never comes to an end. */
globalThis.Worker = class extends Worker {
  override postMessage(message: { readonly type: string }): void {
    if (message.type !== "batch") super.postMessage(message);
  }
};
