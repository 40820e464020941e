import { ActionIcon, Alert, Button, Group, SegmentedControl, Select, Text } from "@mantine/core";
import { experimental_streamedQuery as streamedQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useChannels } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";
import { currentLanguage } from "@/lib/i18n";
import { type CalendarSearch, VIEWS } from "@/lib/search";
import { useZone } from "@/lib/session";
import { localText } from "@/lib/text";

import { CalendarGrid } from "../components/calendar-grid";
import { CardDialog } from "../components/card-dialog";
import { type Card, MOST, type Planned, type View, cardsOf, move, movable, planned, step, stretch, today } from "../plan";

const AccountsQuery = graphql(`
  query CalendarAccounts {
    accounts {
      id
      name
    }
  }
`);

const route = getRouteApi("/shell/calendar");

interface Moved {
  title: string;
  /** Where it stands now. */
  to: string;
  back: { id: string; wallTime: string; zone: string }[];
}

/** What goes out when. Only what is not sent yet can be moved; moving never sends. */
export function CalendarPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const search = route.useSearch();
  const { view = "month", date = today(zone), channel, account } = search;
  const navigate = useNavigate();
  const client = useQueryClient();
  const [opened, setOpened] = useState<Card | null>(null);
  const [moved, setMoved] = useState<Moved | null>(null);
  const plans = useQuery({
    queryKey: ["deliveries", "calendar", view, date, channel, account],
    // The first page is shown as soon as it is there; when all is looked at again, nothing changes before all is there.
    queryFn: streamedQuery<Planned[], Planned[]>({
      streamFn: ({ signal }) => planned({ ...stretch(date, view), channel: channel ?? null, account: account ?? null }, signal),
      reducer: (before, page) => [...before, ...page],
      initialValue: [],
      refetchMode: "replace",
    }),
    refetchInterval: ({ state }) => ((state.data?.length ?? 0) > 200 ? 30_000 : 5_000),
  });
  const settle = () => client.invalidateQueries({ queryKey: ["deliveries"] });
  const drop = useMutation({
    mutationFn: async ({ card, wallTime }: { card: Card; wallTime: string; putBack: () => void }) => {
      for (const { id } of movable(card)) await move(id, { wallTime, zone });
    },
    onSuccess: (_, { card, wallTime }) => {
      setMoved({ title: card.title, to: wallTime, back: movable(card).map(({ id, wallTime: before, zone: of }) => ({ id, wallTime: before, zone: of })) });
    },
    // The server had another opinion: the card stands where it was, and the reason is said.
    onError: (_, { putBack }) => {
      putBack();
    },
    onSettled: settle,
  });
  const undo = useMutation({
    mutationFn: async ({ back }: Moved) => {
      for (const { id, wallTime, zone: of } of back) await move(id, { wallTime, zone: of });
    },
    onSuccess: () => {
      setMoved(null);
    },
    onSettled: settle,
  });
  const show = (next: CalendarSearch) => {
    setMoved(null);
    void navigate({ to: "/calendar", search: { ...search, ...next }, replace: true });
  };
  const error = drop.error ?? undo.error;
  return (
    <Page title={t("nav.calendar")} lead={t("calendar.lead", { zone })} width={1400}>
      <Group justify="space-between">
        <Group gap={8}>
          <SegmentedControl
            value={view}
            onChange={(next) => {
              show({ view: VIEWS.find((one) => one === next) ?? "month" });
            }}
            data={VIEWS.map((one) => ({ value: one, label: t(`calendar.${one}`) }))}
            aria-label={t("calendar.view")}
          />
          <ActionIcon variant="default" size={36} aria-label={t("calendar.before")} onClick={() => { show({ date: step(date, view, -1) }); }}>
            <ChevronLeft size={16} aria-hidden />
          </ActionIcon>
          <Text fw={600} miw={120} ta="center" aria-live="polite" className="number">
            {heading(date, view)}
          </Text>
          <ActionIcon variant="default" size={36} aria-label={t("calendar.after")} onClick={() => { show({ date: step(date, view, 1) }); }}>
            <ChevronRight size={16} aria-hidden />
          </ActionIcon>
          <Button variant="default" px={12} onClick={() => { show({ date: today(zone) }); }}>
            {t("calendar.today")}
          </Button>
        </Group>
        <Filters search={search} />
      </Group>
      {moved !== null && (
        <Alert variant="outline" role="status" withCloseButton closeButtonLabel={t("dialog.close")} onClose={() => { setMoved(null); }}>
          <Group justify="space-between">
            <span>{t("calendar.moved", { title: moved.title, time: moved.to.replace("T", " ") })}</span>
            <Button size="xs" variant="default" loading={undo.isPending} onClick={() => { undo.mutate(moved); }}>
              {t("calendar.undo", { time: moved.back[0]?.wallTime.slice(0, 16).replace("T", " ") })}
            </Button>
          </Group>
        </Alert>
      )}
      {error !== null && <ErrorPanel error={error} />}
      {plans.error !== null && <ErrorPanel error={plans.error} retry={() => void plans.refetch()} />}
      {plans.isPending && <ListSkeleton />}
      {plans.data !== undefined && (
        <>
          {plans.data.length >= MOST && <Text c="dimmed">{t("calendar.not_all", { count: plans.data.length })}</Text>}
          <CalendarGrid
            cards={cardsOf(plans.data.filter(({ state }) => state !== "CANCELLED"))}
            view={view}
            date={date}
            zone={zone}
            onOpen={setOpened}
            onDrop={(card, wallTime, putBack) => {
              drop.mutate({ card, wallTime, putBack });
            }}
          />
        </>
      )}
      {opened !== null && <CardDialog key={opened.id} card={opened} zone={zone} onClose={() => { setOpened(null); }} />}
    </Page>
  );
}

function Filters({ search }: { search: CalendarSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const channels = useChannels();
  const accounts = useQuery({
    queryKey: ["accounts", "calendar"],
    queryFn: async ({ signal }) => (await request(AccountsQuery, {}, signal)).accounts,
  });
  const choose = (key: "channel" | "account", value: string | null) => {
    const next = { ...search };
    if (value === null || value === "") Reflect.deleteProperty(next, key);
    else next[key] = value;
    void navigate({ to: "/calendar", search: next, replace: true });
  };
  return (
    <Group gap={8} wrap="nowrap" flex="1 1 248px" maw={340}>
      <Select
        flex={1}
        rightSectionWidth={24}
        value={search.channel ?? ""}
        data={[{ value: "", label: t("list.all_channels") }, ...channels.map(({ id, name }) => ({ value: id, label: localText(name) }))]}
        onChange={(value) => {
          choose("channel", value);
        }}
        allowDeselect={false}
        aria-label={t("delivery.channel")}
        comboboxProps={{ withinPortal: false }}
      />
      <Select
        flex={1}
        rightSectionWidth={24}
        value={search.account ?? ""}
        data={[{ value: "", label: t("calendar.all_accounts") }, ...(accounts.data ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(value) => {
          choose("account", value);
        }}
        allowDeselect={false}
        aria-label={t("delivery.account")}
        comboboxProps={{ withinPortal: false }}
      />
    </Group>
  );
}

/** What stretch of time is shown, in words. */
function heading(date: string, view: View): string {
  const at = new Date(`${date}T12:00:00Z`);
  const language = currentLanguage() === "en" ? "en-GB" : "zh-Hans-CN";
  const words = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  if (view === "month" || view === "list") return words({ year: "numeric", month: "long" }).format(at);
  if (view === "day") return words({ month: "long", day: "numeric", weekday: "short" }).format(at);
  const monday = new Date(at);
  monday.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  const sunday = new Date(monday);
  sunday.setUTCDate(monday.getUTCDate() + 6);
  const day = words({ month: "short", day: "numeric" });
  return `${day.format(monday)} – ${day.format(sunday)}`;
}
