import { Button, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { PauseNote } from "@/components/pause-words";
import { useChannels } from "@/lib/channels";
import { pauseDeliveries } from "@/lib/pauses";
import { localText } from "@/lib/text";

const ALL = "";

/** Stops sending to everything or to one channel, with a word to the colleagues. */
export function PauseDialog() {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [channel, setChannel] = useState(ALL);
  const [note, setNote] = useState("");
  const channels = useChannels();
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => pauseDeliveries(channel === ALL ? { all: true } : { channel }, note),
    onSuccess: () => {
      setNote("");
      close();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  return (
    <>
      <Button variant="default" leftSection={<CirclePause size={16} aria-hidden />} onClick={open}>
        {t("pause.open")}
      </Button>
      <FormDialog title={t("pause.title")} action={t("pause.yes")} isOpen={isOpen} onClose={close} mutation={pause}>
        <Text>{t("pause.asks")}</Text>
        <Select
          label={t("pause.what")}
          data={[{ value: ALL, label: t("list.all_channels") }, ...channels.map(({ id, name }) => ({ value: id, label: localText(name) }))]}
          value={channel}
          onChange={(value) => {
            setChannel(value ?? ALL);
          }}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
        <PauseNote value={note} onChange={setNote} />
      </FormDialog>
    </>
  );
}
