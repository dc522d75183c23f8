export const ANALYST_PATHS = {} as const;
