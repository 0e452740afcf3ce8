/** The turns of `turns` that the caller or the agent said or wrote: operators write in the caller's role. */
export const BY_PARTIES = "spoken_by NOT IN ('operator', 'whisper')";
