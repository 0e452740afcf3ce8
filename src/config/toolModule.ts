/** A file of `tools/` as it is loaded. */
export interface ToolModule {
  /** Below the folder of the agents, such as `tools/book.ts`. */
  readonly file: string;
  /** SHA-256 of the text that was loaded, as hexadecimal digits. */
  readonly digest: string;
  /** Its default export. */
  readonly exported: unknown;
}

/** By the name of the tool, which is that of the file. */
export type ToolModules = Readonly<Record<string, ToolModule>>;
