import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { graphql, request } from "@/lib/graphql";

const EVERY_MS = 15_000;

const AttendStory = graphql(`
  mutation AttendStory($input: StoryIdInput!) {
    attendStory(input: $input) {
      others {
        id
        name
      }
    }
  }
`);

const LeaveStory = graphql(`
  mutation LeaveStory($input: StoryIdInput!) {
    leaveStory(input: $input) {
      story {
        id
      }
    }
  }
`);

/** Who else has the story open. Asking says that one has it open oneself, until one leaves. */
export function useOthers(id: string): { id: string; name: string }[] {
  const { data } = useQuery({
    queryKey: ["stories", "attend", id],
    queryFn: async ({ signal }) => (await request(AttendStory, { input: { id } }, signal)).attendStory.others,
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: true,
    gcTime: 0,
    retry: false,
  });
  useEffect(() => {
    const leave = () => {
      // Who cannot say it any more is taken as gone a little later.
      request(LeaveStory, { input: { id } }).catch(() => undefined);
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [id]);
  return data ?? [];
}
