export const PLANNER_PATHS = {} as const;
