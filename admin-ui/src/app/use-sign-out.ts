import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { graphql, request } from "@/lib/graphql";

const SignOut = graphql(`
  mutation SignOut {
    signOut {
      isSignedOut
    }
  }
`);

/** Ends the session of this browser and goes to the door. */
export function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => request(SignOut, {}),
    onSuccess: async () => {
      client.clear();
      await router.navigate({ to: "/login" });
    },
  });
}
