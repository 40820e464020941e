import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { type ListSearch, listSearch } from "./search";
import { viewerOptions } from "./session";

/** A named set of filters. */
export interface View {
  name: string;
  search: ListSearch;
}

/** The views that a person keeps of a list; the browser keeps them. */
export function useViews(list: string) {
  const person = useQuery(viewerOptions).data?.user.id ?? "";
  return useLocalStorage<View[]>({
    key: `fenfa.views.${list}.${person}`,
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: readViews,
  });
}

/** What was kept, as far as it can be read. */
export function readViews(kept: string | undefined): View[] {
  let found: unknown;
  try {
    found = JSON.parse(kept ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(found)) return [];
  return found.flatMap((one: Partial<View> | null) =>
    typeof one?.name === "string" ? [{ name: one.name, search: listSearch((one.search ?? {}) as Record<string, unknown>) }] : [],
  );
}
