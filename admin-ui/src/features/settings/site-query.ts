import { queryOptions } from "@tanstack/react-query";

import { ApiError, type ResultOf, graphql, request } from "@/lib/graphql";

const SiteProfileQuery = graphql(`
  query SiteProfile {
    site {
      name
      zone
      baseUrl
      isOfficial
      needsApproval
      brandWords
      pathTemplate
      miniPrograms {
        channel
        appId
      }
      blackouts {
        from
        until
        reason
      }
      version
    }
  }
`);

const UpdateSite = graphql(`
  mutation UpdateSite($input: UpdateSiteInput!) {
    updateSite(input: $input) {
      site {
        version
      }
    }
  }
`);

export type SiteProfile = ResultOf<typeof SiteProfileQuery>["site"];

/** Everything that is set about the site. */
export const siteProfileOptions = queryOptions({
  queryKey: ["site", "profile"],
  queryFn: async ({ signal }) => (await request(SiteProfileQuery, {}, signal)).site,
});

/** Saves the profile, if nobody else did meanwhile. */
export async function saveSite({ version, ...profile }: SiteProfile): Promise<void> {
  const miniPrograms = profile.miniPrograms.filter(({ appId }) => appId.trim() !== "").map(({ channel, appId }) => ({ channel, appId: appId.trim() }));
  const blackouts = profile.blackouts.map(({ from, until, reason }) => ({ from, until, reason: reason.trim() }));
  await request(UpdateSite, { input: { ...profile, miniPrograms, blackouts, baseVersion: version } });
}

const FIELDS = ["name", "zone", "baseUrl", "pathTemplate", "blackouts"] as const;

/** The input that the server complains of. */
export function complaintField(error: unknown): (typeof FIELDS)[number] | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return FIELDS.find((field) => error.field === `input.${field}` || error.field?.startsWith(`input.${field}.`));
}
