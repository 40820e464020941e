import { Alert, Button, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { ErrorPanel, ListSkeleton } from "@/components/states";
import { useMay, useZone, viewerOptions } from "@/lib/session";

import { EndingAccount, TightAccount, WaitingAccount } from "../components/account-lines";
import { HappenedLine, StopLine, WaitingLine } from "../components/lines";
import { Part } from "../components/part";
import { WeekPlot } from "../components/week-plot";
import { greeting } from "../greeting";
import { homeOptions } from "../query";
import { stopsOf } from "../stops";
import { useTightAllowances } from "../use-tight-allowances";

/** What needs me, what goes out in the next 24 hours, what just happened. Nothing decorative. */
export function Home() {
  const { t } = useTranslation();
  const zone = useZone();
  const mayWrite = useMay("WRITE_CONTENT");
  const mayConnect = useMay("MANAGE_ACCOUNTS");
  const name = useQuery(viewerOptions).data?.user.name ?? "";
  const home = useQuery(homeOptions);
  const { waiting = [], next = [], recent = [] } = home.data ?? {};
  const accounts = (home.data?.accounts ?? []).filter(({ status }) => status !== "DISCONNECTED");
  const stuck = accounts.filter(({ status }) => status !== "ACTIVE");
  const ending = accounts.filter(({ status, isGrantEnding }) => isGrantEnding && (status === "ACTIVE" || status === "PAUSED"));
  const { tight, error } = useTightAllowances(accounts);
  const count = stuck.length + waiting.length + ending.length + tight.length;
  const button = mayWrite && (
    <Button component={Link} to="/stories/new" leftSection={<Plus size={16} aria-hidden />}>
      {t("story.new")}
    </Button>
  );
  return (
    <Page
      title={t(`home.${greeting(new Date(), zone)}`, { name })}
      lead={home.data && t("home.sum", { things: t("home.things", { count }), plans: t("home.plans", { count: next.length }) })}
      actions={button}
      width={1000}
    >
      {home.isPending && <ListSkeleton />}
      {home.error !== null && <ErrorPanel error={home.error} retry={() => void home.refetch()} />}
      {home.data !== undefined && (
        <>
          {accounts.length === 0 && mayConnect && <FirstChannel />}
          <Part title={t("home.waiting")} empty={t("home.nothing")}>
            {[
              ...stuck.map((account) => <WaitingAccount key={account.id} account={account} />),
              ...waiting.map((delivery) => <WaitingLine key={delivery.id} delivery={delivery} />),
              ...ending.map((account) => <EndingAccount key={`${account.id} ends`} account={account} />),
              ...tight.map((one) => <TightAccount key={`${one.account.id} ${one.lane} ${one.quota.name}`} {...one} />),
            ]}
          </Part>
          {error !== null && <ErrorPanel error={error} />}
          <Part title={t("home.next", { zone })} empty={t("home.none_next")}>
            {stopsOf(next).map((stop) => (
              <StopLine key={stop.id} stop={stop} />
            ))}
          </Part>
          <section>
            <Title order={2} mb={8}>
              {t("week.title")}
            </Title>
            <div className="card">
              <WeekPlot />
            </div>
          </section>
          <Part title={t("home.recent")} empty={t("home.none_recent")}>
            {recent.map((delivery) => (
              <HappenedLine key={delivery.id} delivery={delivery} />
            ))}
          </Part>
        </>
      )}
    </Page>
  );
}

/** Nothing can be sent before there is an account. */
function FirstChannel() {
  const { t } = useTranslation();
  return (
    <Alert variant="outline" title={t("home.no_account")}>
      <Button component={Link} to="/channels" size="xs">
        {t("setup.connect")}
      </Button>
    </Alert>
  );
}
