import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { graphql, request } from "./graphql";
import { useMay, viewerOptions } from "./session";

const NamesQuery = graphql(`
  query MemberNames {
    members {
      user {
        id
        name
      }
    }
  }
`);

/** What people are called; who may not see the members knows oneself, the others are colleagues. */
export function useNames(): (id: string | null) => string {
  const { t } = useTranslation();
  const viewer = useQuery(viewerOptions).data;
  const { data } = useQuery({
    queryKey: ["members", "names"],
    queryFn: async ({ signal }) => (await request(NamesQuery, {}, signal)).members,
    enabled: useMay("MANAGE_USERS"),
    staleTime: 60_000,
  });
  return (id) => {
    if (id === null) return t("people.nobody");
    if (id === viewer?.user.id) return viewer.user.name;
    return data?.find(({ user }) => user.id === id)?.user.name ?? t("people.colleague");
  };
}
