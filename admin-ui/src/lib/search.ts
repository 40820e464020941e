/** What lives in the address of a list; what is empty is not there. */
export interface ListSearch {
  q?: string;
  state?: string;
  channel?: string;
  category?: string;
  tag?: string;
}

const LIST_KEYS = ["q", "state", "channel", "category", "tag"] as const;

/** A text out of an address; what is none is not there. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** The same without one of its parts. */
export function without<Whole extends object, Key extends keyof Whole>(whole: Whole, key: Key): Omit<Whole, Key> {
  return Object.fromEntries(Object.entries(whole).filter(([one]) => one !== key)) as Omit<Whole, Key>;
}

/** Reads the filters of a list out of an address. */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const found: ListSearch = {};
  for (const key of LIST_KEYS) {
    const value = text(search[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

/** The kinds of files that the media library can be narrowed down to. */
export const MEDIA_KINDS = ["image", "video"] as const;

/** What lives in the address of the media library. */
export interface MediaSearch {
  q?: string;
  kind?: (typeof MEDIA_KINDS)[number];
  /** Only pictures that nobody described yet. */
  noalt?: true;
}

/** Reads which files are shown out of an address. */
export function mediaSearch(search: Record<string, unknown>): MediaSearch {
  const q = text(search["q"]);
  const kind = MEDIA_KINDS.find((one) => one === search["kind"]);
  const lacksAlt = String(search["noalt"]) === "true";
  return { ...(q !== undefined && { q }), ...(kind !== undefined && { kind }), ...(lacksAlt && { noalt: true }) };
}

/** Whether two sets of filters show the same. */
export function isSameList(a: ListSearch, b: ListSearch): boolean {
  return LIST_KEYS.every((key) => a[key] === b[key]);
}

/** What lives in the address of the calendar. */
export interface CalendarSearch {
  view?: (typeof VIEWS)[number];
  /** A day of the stretch that is shown. */
  date?: string;
  channel?: string;
  account?: string;
}

/** The ways in which the calendar can be looked at. */
export const VIEWS = ["month", "week", "day", "list"] as const;

/** Reads what the calendar shows out of an address. */
export function calendarSearch(search: Record<string, unknown>): CalendarSearch {
  const found: CalendarSearch = {};
  const view = VIEWS.find((one) => one === search["view"]);
  if (view !== undefined) found.view = view;
  const date = text(search["date"]);
  if (date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date))) found.date = date;
  for (const key of ["channel", "account"] as const) {
    const value = text(search[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

/** Reads the open tab of a page out of an address. */
export function tabSearch(search: Record<string, unknown>): { tab?: string } {
  const tab = text(search["tab"]);
  return tab === undefined ? {} : { tab };
}

/** Reads out of an address which revision is looked at, and with which it is compared. */
export function revisionSearch(search: Record<string, unknown>): { revision?: string; with?: string } {
  const revision = text(search["revision"]);
  const other = text(search["with"]);
  return { ...(revision !== undefined && { revision }), ...(other !== undefined && { with: other }) };
}

/** The stretches of time over which figures are shown. */
export const STATS_DAYS = [7, 30, 90] as const;

/** What lives in the address of the statistics. */
export interface StatsSearch {
  days?: (typeof STATS_DAYS)[number];
  channel?: string;
}

/** Reads out of an address which figures are shown. */
export function statsSearch(search: Record<string, unknown>): StatsSearch {
  const days = STATS_DAYS.find((one) => String(one) === String(search["days"]));
  const channel = text(search["channel"]);
  return { ...(days !== undefined && { days }), ...(channel !== undefined && { channel }) };
}

/** Where to go after signing in: a page of this app, nothing else. */
export function ownPath(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}

/** Reads from which way to a platform's page a person just came back out of an address. */
export function signInSearch(search: Record<string, unknown>): { signIn?: string } {
  const signIn = text(search["signIn"]);
  return signIn === undefined ? {} : { signIn };
}

/** Why a browser that came back from a platform's page got nowhere. */
export const ASTRAY = ["unknown", "used", "expired", "signed_out", "other_person", "no_right", "failed"] as const;

/** Reads why that was out of an address, and which account it was about. */
export function astraySearch(search: Record<string, unknown>): { why: (typeof ASTRAY)[number]; account?: string } {
  const why = ASTRAY.find((one) => one === search["why"]) ?? "unknown";
  const account = text(search["account"]);
  return { why, ...(account !== undefined && { account }) };
}
