export const INSPECTOR_PATHS = {
  visits: "/desk/visits",
  visit: "/desk/visits/:campaign/:enterprise",
} as const;
