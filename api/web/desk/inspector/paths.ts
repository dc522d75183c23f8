export const INSPECTOR_PATHS = {} as const;
