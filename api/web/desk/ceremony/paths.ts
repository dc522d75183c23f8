export const CEREMONY_PATHS = {
  ceremony: "/desk/campaigns/:code/ceremony",
} as const;
