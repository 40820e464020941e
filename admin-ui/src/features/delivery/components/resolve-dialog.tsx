import { Button, Checkbox, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/dialog";
import { ErrorPanel } from "@/components/states";
import { useChannelNames } from "@/lib/channels";
import { graphql, request } from "@/lib/graphql";

import type { Candidate } from "../candidate";
import type { Delivery } from "../query";

const Resolve = graphql(`
  mutation ResolveDelivery($input: ResolveDeliveryInput!) {
    resolveDelivery(input: $input) {
      delivery {
        id
      }
    }
  }
`);

export type Found = "PUBLISHED" | "RESEND" | "END";
const CHOICES: Found[] = ["PUBLISHED", "RESEND", "END"];

/** What the dialog is about. */
export type Doubtful = Pick<Delivery, "id" | "title" | "channel">;

interface ResolveFormProps {
  delivery: Doubtful;
  /** What the person has chosen already. */
  preset?: Found;
  candidate?: Candidate;
  onClose: () => void;
}

/** The button of a delivery's page, with its dialog. */
export function ResolveDialog({ delivery }: { delivery: Doubtful }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const channel = useChannelNames()(delivery.channel);
  return (
    <>
      <Button onClick={open}>{t("delivery.resolve")}</Button>
      <Dialog title={t("delivery.resolve_title", { channel })} isOpen={isOpen} onClose={close}>
        <ResolveForm delivery={delivery} onClose={close} />
      </Dialog>
    </>
  );
}

/** A person looked on the platform and says what is there. Sending again needs an explicit word. */
export function ResolveForm({ delivery, preset, candidate, onClose }: ResolveFormProps) {
  const { t } = useTranslation();
  const [found, setFound] = useState<Found | null>(preset ?? null);
  const [url, setUrl] = useState(candidate?.external_url ?? "");
  const [hasLooked, setHasLooked] = useState(false);
  const channel = useChannelNames()(delivery.channel);
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: (resolution: Found) => {
      const isLive = resolution === "PUBLISHED";
      const externalUrl = isLive && url.trim() !== "" ? url.trim() : null;
      const externalId = isLive ? (candidate?.external_id ?? null) : null;
      return request(Resolve, { input: { id: delivery.id, resolution, externalUrl, externalId } });
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  const isReady = found !== null && (found !== "RESEND" || hasLooked);
  return (
    <>
      <Text>{t("delivery.resolve_asks", { channel, title: delivery.title })}</Text>
      <Radio.Group
        label={t("delivery.found")}
        value={found}
        onChange={(value) => {
          setFound(CHOICES.find((choice) => choice === value) ?? null);
        }}
      >
        <Stack gap={8} mt={8}>
          {CHOICES.map((choice) => (
            <Radio key={choice} value={choice} label={t(`delivery.found_${choice}`, { channel })} />
          ))}
        </Stack>
      </Radio.Group>
      {found === "PUBLISHED" && (
        <TextInput
          label={t("delivery.live_url")}
          type="url"
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
          }}
        />
      )}
      {found === "RESEND" && (
        <Checkbox
          label={t("delivery.has_looked", { channel })}
          checked={hasLooked}
          onChange={(event) => {
            setHasLooked(event.currentTarget.checked);
          }}
        />
      )}
      {decide.error !== null && <ErrorPanel error={decide.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("dialog.back")}
        </Button>
        <Button
          disabled={!isReady}
          loading={decide.isPending}
          onClick={() => {
            if (found !== null) decide.mutate(found);
          }}
        >
          {t(found === null ? "delivery.resolve_yes" : `delivery.resolve_${found}`)}
        </Button>
      </Group>
    </>
  );
}
