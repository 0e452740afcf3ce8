/** What texts are made of that are as much work to look through as any, by repeating it. */
export const hostilePieces: readonly string[] = [
  ...["1 ", "4 ", "4,", "1", "a", "ab", "a ", ".", "x-", "é", "१", "[…] ", "d e "],
  ...["pin ", "card ", "double ", "one ", "vier und ", "at dot ", "a@a.", "DE ", "DE89 "],
  ...["password is ", "password-is-", "password is a ", "card 4", "code 1 ", "exp 1/2 "],
  ...[
    "4111 1111 1111 111 ",
    "4111 1111 1111 1111 ",
    "card number 4111 ",
    "my pin is 4711 ",
    "eyJaaaaaaaaaa.",
  ],
];

/** The costliest that agents may have. */
export const costlyPatterns = [
  { name: "x", pattern: "(?:\\w+[- ]?){1,8}x" },
  { name: "y", pattern: "(a|b|ab)*c" },
];

export function hostileText(piece: string, length: number): string {
  return piece.repeat(length).slice(0, length);
}

/** JSON of many values, which are looked at one by one. */
export function hostileJson(length: number): readonly string[] {
  const field = "card_number_and_expiry_date_and_password_of_a_customer";
  return [
    `{"${field}":[${"[1],".repeat(length / 4)}[1]]}`,
    `[${'["4111","1111"],'.repeat(length / 16)}1]`,
    `[${'{"pin":"4711"},'.repeat(length / 15)}1]`,
    `{${Array.from({ length: length / 16 }, (_, at) => `"pin${String(at).padStart(4, "0")}":47`)}}`,
  ];
}
