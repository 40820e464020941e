import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  type AnyRouter,
  Outlet,
  type RouterHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";

import { ErrorPanel, ListSkeleton } from "@/components/states";
import { deliveryListOptions } from "@/features/delivery/list-query";
import { readStatsAhead } from "@/features/stats/query";
import { channelsOptions } from "@/lib/channels";
import { ApiError } from "@/lib/graphql";
import {
  astraySearch,
  calendarSearch,
  listSearch,
  mediaSearch,
  ownPath,
  revisionSearch,
  signInSearch,
  statsSearch,
  tabSearch,
} from "@/lib/search";
import { siteOptions, viewerOptions } from "@/lib/session";
import { needsSetUpOptions } from "@/lib/set-up";

import { Missing } from "./missing";
import { Shell } from "./shell";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: Missing,
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  beforeLoad: async ({ context }) => {
    if (!(await context.queryClient.fetchQuery(needsSetUpOptions))) throw redirect({ to: "/login" });
  },
  component: lazyRouteComponent(() => import("@/features/auth/routes/set-up"), "SetUp"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  beforeLoad: async ({ context }) => {
    if (await context.queryClient.fetchQuery(needsSetUpOptions)) throw redirect({ to: "/setup" });
  },
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = ownPath(search["next"]);
    return next === undefined ? {} : { next };
  },
  component: lazyRouteComponent(() => import("@/features/auth/routes/login"), "Login"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const viewer = await context.queryClient.ensureQueryData(viewerOptions).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === "UNAUTHENTICATED") return null;
      throw error;
    });
    if (viewer === null) {
      context.queryClient.removeQueries({ queryKey: viewerOptions.queryKey });
      throw redirect({ to: "/login", search: { next: location.href } });
    }
  },
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(siteOptions);
    void queryClient.prefetchQuery(channelsOptions);
  },
});

const parent = () => shell;

const home = createRoute({
  getParentRoute: parent,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/home/routes/home"), "Home"),
});
const stories = createRoute({
  getParentRoute: parent,
  path: "/stories",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("@/features/content/routes/story-list"), "StoryList"),
});
const newStory = createRoute({
  getParentRoute: parent,
  path: "/stories/new",
  component: lazyRouteComponent(() => import("@/features/content/routes/new-story"), "NewStory"),
});
const story = createRoute({
  getParentRoute: parent,
  path: "/stories/$id",
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import("./pages/story"), "Story"),
});
const storyHistory = createRoute({
  getParentRoute: parent,
  path: "/stories/$id/history",
  validateSearch: revisionSearch,
  component: lazyRouteComponent(() => import("@/features/content/routes/story-history"), "StoryHistory"),
});
const video = createRoute({
  getParentRoute: parent,
  path: "/videos/$id",
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import("./pages/video"), "Video"),
});
const videoHistory = createRoute({
  getParentRoute: parent,
  path: "/videos/$id/history",
  validateSearch: revisionSearch,
  component: lazyRouteComponent(() => import("@/features/content/routes/video-history"), "VideoHistory"),
});
const channels = createRoute({
  getParentRoute: parent,
  path: "/channels",
  component: lazyRouteComponent(() => import("@/features/channels/routes/account-list"), "AccountList"),
});
const account = createRoute({
  getParentRoute: parent,
  path: "/channels/$account",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("@/features/channels/routes/account"), "AccountPage"),
});
const astray = createRoute({
  getParentRoute: parent,
  path: "/channels/sign-in",
  validateSearch: astraySearch,
  component: lazyRouteComponent(() => import("@/features/channels/routes/astray"), "Astray"),
});
const connect = createRoute({
  getParentRoute: parent,
  path: "/channels/connect/$kind",
  component: lazyRouteComponent(() => import("@/features/channels/routes/connect"), "Connect"),
});
const videos = createRoute({
  getParentRoute: parent,
  path: "/videos",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("@/features/content/routes/video-list"), "VideoList"),
});
const deliveries = createRoute({
  getParentRoute: parent,
  path: "/deliveries",
  validateSearch: listSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    void queryClient.prefetchInfiniteQuery(deliveryListOptions(deps));
  },
  component: lazyRouteComponent(() => import("@/features/delivery/routes/delivery-list"), "DeliveryList"),
});
const delivery = createRoute({
  getParentRoute: parent,
  path: "/deliveries/$id",
  component: lazyRouteComponent(() => import("@/features/delivery/routes/delivery"), "DeliveryPage"),
});
const review = createRoute({
  getParentRoute: parent,
  path: "/deliveries/review",
  component: lazyRouteComponent(() => import("@/features/delivery/routes/review"), "Review"),
});
const calendar = createRoute({
  getParentRoute: parent,
  path: "/calendar",
  validateSearch: calendarSearch,
  component: lazyRouteComponent(() => import("@/features/calendar/routes/calendar"), "CalendarPage"),
});
const stats = createRoute({
  getParentRoute: parent,
  path: "/stats",
  validateSearch: statsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    // What fails is asked for again by the page, which says so.
    readStatsAhead(queryClient, deps).catch(() => undefined);
  },
  component: lazyRouteComponent(() => import("@/features/stats/routes/stats"), "Stats"),
});
const settings = createRoute({
  getParentRoute: parent,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/routes/profile"), "Profile"),
});
const site = createRoute({
  getParentRoute: parent,
  path: "/settings/site",
  component: lazyRouteComponent(() => import("@/features/settings/routes/site"), "Site"),
});
const members = createRoute({
  getParentRoute: parent,
  path: "/settings/members",
  component: lazyRouteComponent(() => import("@/features/settings/routes/members"), "Members"),
});
const apiKeys = createRoute({
  getParentRoute: parent,
  path: "/settings/keys",
  component: lazyRouteComponent(() => import("@/features/settings/routes/keys"), "ApiKeys"),
});
const webhooks = createRoute({
  getParentRoute: parent,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("@/features/settings/routes/webhooks"), "Webhooks"),
});
const recurringJobs = createRoute({
  getParentRoute: parent,
  path: "/settings/jobs",
  component: lazyRouteComponent(() => import("@/features/settings/routes/jobs"), "RecurringJobs"),
});
const audit = createRoute({
  getParentRoute: parent,
  path: "/settings/audit",
  component: lazyRouteComponent(() => import("@/features/settings/routes/audit"), "AuditLog"),
});
const products = createRoute({
  getParentRoute: parent,
  path: "/products",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("@/features/content/routes/product-list"), "ProductList"),
});
const newProduct = createRoute({
  getParentRoute: parent,
  path: "/products/new",
  component: lazyRouteComponent(() => import("@/features/content/routes/product"), "NewProduct"),
});
const product = createRoute({
  getParentRoute: parent,
  path: "/products/$id",
  component: lazyRouteComponent(() => import("@/features/content/routes/product"), "ProductPage"),
});
const media = createRoute({
  getParentRoute: parent,
  path: "/media",
  validateSearch: mediaSearch,
  component: lazyRouteComponent(() => import("@/features/media/routes/media-list"), "MediaList"),
});
const asset = createRoute({
  getParentRoute: parent,
  path: "/media/$id",
  component: lazyRouteComponent(() => import("@/features/media/routes/asset"), "AssetPage"),
});

/** Any other address; whoever is signed in keeps the rail. */
const missing = createRoute({ getParentRoute: parent, path: "$", component: Missing });

const routes = root.addChildren([
  setUp,
  login,
  shell.addChildren([
    home,
    stories,
    newStory,
    story,
    storyHistory,
    videos,
    video,
    videoHistory,
    products,
    newProduct,
    product,
    media,
    asset,
    calendar,
    deliveries,
    delivery,
    review,
    stats,
    settings,
    site,
    members,
    apiKeys,
    webhooks,
    recurringJobs,
    audit,
    channels,
    account,
    astray,
    connect,
    missing,
  ]),
]);

/** Fetches the code of the page that is asked for, while it is still being found out who asks. */
export function readCodeAhead(router: AnyRouter): void {
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const route = router.routesById[routeId] as AnyRoute | undefined;
    if (route !== undefined) void router.loadRouteChunk(route);
  }
}

/** The routes with their data; tests bring a history of their own. */
export function makeRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: routes,
    ...(history !== undefined && { history }),
    basepath: "/admin",
    context: { queryClient },
    defaultPreload: "intent",
    defaultPendingMs: 200,
    defaultPendingComponent: () => <ListSkeleton />,
    defaultErrorComponent: ({ error, reset }) => <ErrorPanel error={error} retry={reset} />,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
