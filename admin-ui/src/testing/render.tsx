import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterContextProvider, createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";

import { makeRouter } from "@/app/router";
import { theme } from "@/app/theme";

function quietClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 5_000 } } });
}

function withProviders(client: QueryClient, children: ReactNode) {
  return (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </MantineProvider>
  );
}

/** The whole app at an address, as a person would open it. */
export function renderApp(path: string) {
  const client = quietClient();
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [`/admin${path}`] }));
  const user = userEvent.setup();
  render(withProviders(client, <RouterProvider router={router} />));
  return { user, router };
}

/** One part, with all that parts rely on. */
export function renderPart(part: ReactNode) {
  const client = quietClient();
  const router = makeRouter(client, createMemoryHistory({ initialEntries: ["/admin/"] }));
  const user = userEvent.setup();
  render(withProviders(client, <RouterContextProvider router={router}>{part}</RouterContextProvider>));
  return { user };
}
