export const ADMINISTRATOR_PATHS = {} as const;
