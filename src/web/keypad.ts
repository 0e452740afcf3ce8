/// <reference lib="dom" />

/** Fills `group` with the twelve keys of a telephone. */
export function fillKeypad(group: HTMLElement, onDigit: (digit: string) => void): void {
  group.replaceChildren(
    ..."123456789*0#".split("").map((digit) => {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = digit;
      key.onclick = () => onDigit(digit);
      return key;
    }),
  );
}
