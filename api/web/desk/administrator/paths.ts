export const ADMINISTRATOR_PATHS = {
  jobs: "/desk/jobs",
  job: "/desk/jobs/:id",
} as const;
