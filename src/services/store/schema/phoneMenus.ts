/** The way of calls through phone menus, and their times on hold, as JSON. */
export const phoneMenus: readonly string[] = ["ALTER TABLE calls ADD COLUMN phone_menu TEXT"];
