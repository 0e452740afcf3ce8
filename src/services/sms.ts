export { openTexts, type Texts } from "./sms/texts.ts";
export { viewText } from "./sms/textView.ts";
