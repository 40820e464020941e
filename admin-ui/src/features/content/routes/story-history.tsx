import { getRouteApi } from "@tanstack/react-router";

import { HistoryPage } from "../components/history-page";

const route = getRouteApi("/shell/stories/$id/history");

/** The saved states of a story. */
export function StoryHistory() {
  const { id } = route.useParams();
  return <HistoryPage source={{ kind: "STORY", id }} search={route.useSearch()} />;
}
