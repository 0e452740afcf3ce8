/** One of Twilio's own, for tests: it stands for a number that has yet to be chosen. */
export const ANY_NUMBER = "+15005550006";
