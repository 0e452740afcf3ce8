/** Of agents, which are those of their files, and of calendars. */
export const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Of tools, as models take them. */
export const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Of variables of a call, which stand in templates. */
export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
