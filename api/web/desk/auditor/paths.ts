export const AUDITOR_PATHS = {
  draws: "/desk/draws",
  draw: "/desk/draws/:code",
  log: "/desk/log",
  readings: "/desk/readings",
  deviations: "/desk/deviations",
} as const;
