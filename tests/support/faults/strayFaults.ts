/**
 * Runs before the server under test and turns the tool service's answer into an uncaught fault: a
 * rejected promise or a thrown error outside every call, as a careless tool leaves behind.
 */
const realFetch = globalThis.fetch;

globalThis.fetch = function fetch(input, init) {
  const url = input instanceof Request ? input.url : String(input);
  if (url.endsWith("/reject")) Promise.reject(new Error("stray rejection"));
  if (url.endsWith("/throw")) {
    queueMicrotask(() => {
      throw new Error("stray error");
    });
  }
  if (url.endsWith("/broken")) throw new Error("broken tool");
  return realFetch(input, init);
};
