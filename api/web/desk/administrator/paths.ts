export const ADMINISTRATOR_PATHS = {
  jobs: "/desk/jobs",
  job: "/desk/jobs/:id",
  departments: "/desk/departments",
  people: "/desk/people",
  person: "/desk/people/:subject",
  me: "/desk/me",
  sources: "/desk/sources",
  source: "/desk/sources/:name",
  platforms: "/desk/platforms",
  system: "/desk/system",
  workingDays: "/desk/working-days",
  documents: "/desk/documents",
} as const;
