/** All files with tests in a folder and below, by name. */
export function testFilesIn(folder: string): readonly string[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return testFilesIn(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
}

/**
 * The files in an order in which those of each folder of `tests` are spread evenly. Run so, a file that
 * drives a browser, which takes a processor, has files beside it that wait for calls.
 */
export function mixed(files: readonly string[]): readonly string[] {
  const folders = Object.values(Object.groupBy(files, (file) => file.split("/")[1] ?? ""));
  return folders
    .flatMap((inFolder = []) => inFolder.map((file, i) => ({ file, at: i / inFolder.length })))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
}
