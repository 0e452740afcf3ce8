/** Creates a folder and checks that files can be written there. Throws an `Error` that says what to do. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".parley-" }));
  } catch (error) {
    throw new Error(`Cannot write to ${folder}: ${whyNotWritten(error)}`, { cause: error });
  }
}

/** Why a path cannot be written, and what to do. */
export function whyNotWritten(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return 'it is not permitted: choose a place below ./data, or add its folder to "read" and "write" of permissions.server in deno.json.';
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "its owner does not let this user: choose another place, or let the user who runs the server write there.";
  }
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists) {
    return "a part of the path is a file: choose another place, or move that file away.";
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `${reason}: choose another place, such as one below ./data.`;
}
