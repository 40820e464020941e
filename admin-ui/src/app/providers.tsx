import { MantineProvider, localStorageColorSchemeManager } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";

import { ApiError } from "@/lib/graphql";
import { cspNonce } from "@/lib/nonce";

import { makeRouter, readCodeAhead } from "./router";
import { cssVariables, theme } from "./theme";

const HOPELESS = new Set(["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "INVALID_INPUT", "CONFLICT"]);

const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.code === "UNAUTHENTICATED") {
        queryClient.setQueryData(["viewer"], null);
        void router.invalidate();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && HOPELESS.has(error.code)),
    },
  },
});

const router = makeRouter(queryClient);
readCodeAhead(router);

const colorSchemes = localStorageColorSchemeManager({ key: "fenfa.scheme" });

export function Providers() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
      getStyleNonce={cspNonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
