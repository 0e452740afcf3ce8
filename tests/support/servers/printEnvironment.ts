import { readEnvironment } from "../../../src/config/env.ts";

// Run by a test under permissions of its own.
console.log(JSON.stringify(readEnvironment()));
