import { Button, Group, Stack, Switch, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel, ListSkeleton } from "@/components/states";
import { ZoneSelect } from "@/components/zone-select";
import { useChannels } from "@/lib/channels";
import { localText } from "@/lib/text";

import { Blackouts } from "../components/blackouts";
import { SettingsPage } from "../components/settings-page";
import { type SiteProfile, complaintField, saveSite, siteProfileOptions } from "../site-query";

/** What the site is called, where it lives, and what everything on it goes by. */
export function Site() {
  const query = useQuery(siteProfileOptions);
  const client = useQueryClient();
  // It outlives the form, which is made anew from what was saved.
  const save = useMutation({
    mutationFn: saveSite,
    onSettled: () => client.invalidateQueries({ queryKey: ["site"] }),
  });
  return (
    <SettingsPage section="site">
      {query.isPending && <ListSkeleton rows={5} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && <Form key={query.data.version} site={query.data} save={save} />}
    </SettingsPage>
  );
}

function Form({ site, save }: { site: SiteProfile; save: UseMutationResult<void, Error, SiteProfile> }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(site);
  const set = (part: Partial<SiteProfile>) => {
    setDraft((before) => ({ ...before, ...part }));
    if (save.isSuccess) save.reset();
  };
  const wrong = complaintField(save.error);
  const input = (field: "name" | "baseUrl" | "pathTemplate") => ({
    label: t(`site.${field}`),
    description: t(`site.${field}_help`),
    value: draft[field],
    error: wrong === field ? t(`site.wrong_${field}`) : undefined,
    onChange: (event: { currentTarget: { value: string } }) => {
      set({ [field]: event.currentTarget.value });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  return (
    <form onSubmit={submit} className="card pad" aria-label={t("settings.site")}>
      <Stack gap={16} maw={560}>
        <TextInput {...input("name")} required maxLength={100} />
        <ZoneSelect
          label={t("setup.zone")}
          description={t("site.zone_help")}
          value={draft.zone}
          error={wrong === "zone" ? t("setup.wrong_zone") : undefined}
          onChange={(zone) => { set({ zone }); }}
        />
        <TextInput {...input("baseUrl")} type="url" placeholder="https://example.com" />
        <TextInput {...input("pathTemplate")} required spellCheck={false} />
        <MiniPrograms value={draft.miniPrograms} onChange={(miniPrograms) => { set({ miniPrograms }); }} />
        <TagsInput
          label={t("site.brandWords")}
          description={t("site.brandWords_help")}
          value={draft.brandWords}
          onChange={(brandWords) => { set({ brandWords }); }}
          comboboxProps={{ withinPortal: false }}
        />
        <Blackouts
          value={draft.blackouts}
          onChange={(blackouts) => { set({ blackouts }); }}
          zone={draft.zone}
          error={wrong === "blackouts" ? t("site.wrong_blackouts") : undefined}
        />
        <Switch
          label={t("site.needsApproval")}
          description={t("site.needsApproval_help")}
          checked={draft.needsApproval}
          onChange={(event) => { set({ needsApproval: event.currentTarget.checked }); }}
        />
        <Switch
          label={t("site.isOfficial")}
          description={t("site.isOfficial_help")}
          checked={draft.isOfficial}
          onChange={(event) => { set({ isOfficial: event.currentTarget.checked }); }}
        />
        {save.error !== null && wrong === undefined && <ErrorPanel error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t("site.save")}
          </Button>
          {save.isSuccess && <Text role="status">{t("site.saved")}</Text>}
        </Group>
      </Stack>
    </form>
  );
}

interface MiniProgramsProps {
  value: SiteProfile["miniPrograms"];
  onChange: (value: SiteProfile["miniPrograms"]) => void;
}

/** The app id of the site's mini-program in each channel. */
function MiniPrograms({ value, onChange }: MiniProgramsProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("site.miniPrograms")}>
      <Title order={2}>{t("site.miniPrograms")}</Title>
      <Text size="xs" c="dimmed" mb={8}>
        {t("site.miniPrograms_help")}
      </Text>
      <Stack gap={8}>
        {useChannels().map((channel) => (
          <TextInput
            key={channel.id}
            label={localText(channel.name)}
            value={value.find((one) => one.channel === channel.id)?.appId ?? ""}
            spellCheck={false}
            onChange={(event) => {
              const others = value.filter((one) => one.channel !== channel.id);
              onChange([...others, { channel: channel.id, appId: event.currentTarget.value }]);
            }}
          />
        ))}
      </Stack>
    </section>
  );
}
