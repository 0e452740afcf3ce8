/**
 * Creates the function that says whether a JSON text has more than `max` members, items and nests: V8
 * takes milliseconds to parse or refuse these, while strings of any length cost next to nothing. Brackets,
 * colons and commas count inside of strings too, so `max` is above what a long text has of them.
 */
export function createPartsLimit(max: number): (json: string) => boolean {
  const tooMany = new RegExp(`^(?:[^[{,:]*[[{,:]){${max + 1}}`);
  return (json) => json.length > max && tooMany.test(json);
}
