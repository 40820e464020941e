import { getRouteApi } from "@tanstack/react-router";

import { HistoryPage } from "../components/history-page";

const route = getRouteApi("/shell/videos/$id/history");

/** The saved states of a video. */
export function VideoHistory() {
  const { id } = route.useParams();
  return <HistoryPage source={{ kind: "VIDEO", id }} search={route.useSearch()} />;
}
