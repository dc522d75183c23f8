export const PROCEEDINGS_PATHS = {
  proceedings: "/desk/proceedings",
  proceedingsOf: "/desk/proceedings/of/:campaign/:enterprise",
  proceeding: "/desk/proceedings/:id",
} as const;
