export const ANALYST_PATHS = {
  enterprises: "/desk/enterprises",
  enterprise: "/desk/enterprises/:code",
  reconciliation: "/desk/reconciliation",
  models: "/desk/models",
  newModel: "/desk/models/new",
  model: "/desk/models/:name/:version",
  grades: "/desk/grades",
  evaluation: "/desk/evaluation",
  provincial: "/desk/provincial",
  warnings: "/desk/warnings",
} as const;
