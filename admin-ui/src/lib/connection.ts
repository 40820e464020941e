import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

/** A page of a list, as the API gives it. */
export interface Connection<Row> {
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A list that is read page by page; `key` holds all that the list depends on. */
export function connectionOptions<Row>(
  key: readonly unknown[],
  load: (after: string | null, signal: AbortSignal) => Promise<Connection<Row>>,
  refetchInterval?: number,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null),
    select: (data) => data.pages.flatMap((page) => page.nodes),
    placeholderData: keepPreviousData,
    refetchInterval: refetchInterval ?? false,
  });
}

/** The same, read by the page that shows it. */
export function useConnection<Row>(...parts: Parameters<typeof connectionOptions<Row>>) {
  return useInfiniteQuery(connectionOptions(...parts));
}
