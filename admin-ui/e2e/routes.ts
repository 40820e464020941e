/** Every page that needs no id. */
export const PAGES = [
  ...["/", "/stories", "/stories/new", "/videos", "/products", "/products/new", "/media", "/media?noalt=true", "/calendar", "/deliveries", "/deliveries/review"],
  "/channels",
  "/stats",
  ...["", "/site", "/members", "/keys", "/webhooks", "/jobs", "/audit"].map((section) => `/settings${section}`),
];
