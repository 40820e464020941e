import type { Permission } from "@/lib/session";

/** The pages of the settings, and what one needs to see them. */
export const SECTIONS = [
  { to: "/settings", key: "profile", needs: "READ_CONTENT" },
  { to: "/settings/site", key: "site", needs: "MANAGE_SITE" },
  { to: "/settings/members", key: "members", needs: "MANAGE_USERS" },
  { to: "/settings/keys", key: "keys", needs: "MANAGE_SITE" },
  { to: "/settings/webhooks", key: "webhooks", needs: "MANAGE_SITE" },
  { to: "/settings/jobs", key: "jobs", needs: "MANAGE_SITE" },
  { to: "/settings/audit", key: "audit", needs: "MANAGE_USERS" },
] as const satisfies readonly { to: string; key: string; needs: Permission }[];

export type Section = (typeof SECTIONS)[number]["key"];
