import { Button, Group, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/page";
import { ErrorPanel, Forbidden } from "@/components/states";
import { request } from "@/lib/graphql";
import { useMay } from "@/lib/session";

import { CreateStory } from "../story-query";

const KINDS = ["ARTICLE", "PRODUCT_STORY", "IMAGE_POST"] as const;

/** A story begins with a title; everything else is written on its own page. */
export function NewStory() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayWrite = useMay("WRITE_CONTENT");
  const [title, setTitle] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("ARTICLE");
  const create = useMutation({
    mutationFn: async () => {
      const content = { title: title.trim(), kind, body: { type: "doc", content: [{ type: "paragraph" }] } };
      return (await request(CreateStory, { input: { content } })).createStory.story.id;
    },
    onSuccess: (id) => navigate({ to: "/stories/$id", params: { id } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() !== "") create.mutate();
  };
  return (
    <Page title={t("story.new")} back={{ to: "/stories", label: t("nav.stories") }} width={680}>
      {!mayWrite && <Forbidden needs="WRITE_CONTENT" />}
      {mayWrite && (
        <form onSubmit={submit} className="card pad">
          <Stack gap={16}>
            <TextInput
              label={t("story.title")}
              value={title}
              onChange={(event) => {
                setTitle(event.currentTarget.value);
              }}
              maxLength={200}
              required
              classNames={{ input: "title-input" }}
            />
            <SegmentedControl
              value={kind}
              onChange={(value) => {
                setKind(KINDS.find((one) => one === value) ?? "ARTICLE");
              }}
              data={KINDS.map((one) => ({ value: one, label: t(`story.kind_${one}`) }))}
              aria-label={t("story.kind")}
            />
            {create.error !== null && <ErrorPanel error={create.error} />}
            <Group justify="flex-end">
              <Button type="submit" disabled={title.trim() === ""} loading={create.isPending}>
                {t("story.begin")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Page>
  );
}
