export const CEREMONY_PATHS = {
  ceremony: "/desk/campaigns/:code/ceremony",
  throw: "/desk/campaigns/:code/throw",
} as const;
