import { queryOptions, useQuery } from "@tanstack/react-query";

import { type ResultOf, graphql, request } from "./graphql";

const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      role
      permissions
      user {
        id
        name
        email
      }
    }
  }
`);

const SiteQuery = graphql(`
  query Site {
    site {
      name
      zone
      needsApproval
      blackouts {
        from
        until
        reason
      }
    }
  }
`);

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>["viewer"]>;
export type Blackout = ResultOf<typeof SiteQuery>["site"]["blackouts"][number];
export type Permission = Viewer["permissions"][number];

/** Who is signed in; null when nobody is. */
export const viewerOptions = queryOptions({
  queryKey: ["viewer"],
  queryFn: async ({ signal }) => (await request(ViewerQuery, {}, signal)).viewer,
  staleTime: 60_000,
});

/** The site that everything on the page belongs to. */
export const siteOptions = queryOptions({
  queryKey: ["site"],
  queryFn: async ({ signal }) => (await request(SiteQuery, {}, signal)).site,
  staleTime: 300_000,
});

/** Whether the person may do it here. What one may never do is not shown at all. */
export function useMay(permission: Permission): boolean {
  const { data } = useQuery(viewerOptions);
  return data?.permissions.includes(permission) ?? false;
}

/** Whether nothing goes out that nobody approved. */
export function useNeedsApproval(): boolean {
  return useQuery(siteOptions).data?.needsApproval ?? false;
}

/** When nothing should be published, on the wall of the site. */
export function useBlackouts(): Blackout[] {
  return useQuery(siteOptions).data?.blackouts ?? [];
}

/** The zone in which the site's editors plan. */
export function useZone(): string {
  return useQuery(siteOptions).data?.zone ?? "Asia/Shanghai";
}
