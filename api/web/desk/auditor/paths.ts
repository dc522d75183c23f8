export const AUDITOR_PATHS = {} as const;
