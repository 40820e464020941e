import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { QrCode } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorPanel } from "@/components/states";
import { Time } from "@/components/time";
import { graphql, request } from "@/lib/graphql";
import { useMay } from "@/lib/session";
import { localText } from "@/lib/text";
import type { SourceRef } from "@/lib/variant";

import { LinkFields, type Link, type LinkKind, linksOptions } from "../links";
import { LinkDialog } from "./link-dialog";

const MakeLink = graphql(
  `
    mutation MakeAppLink($input: MakeAppLinkInput!) {
      makeAppLink(input: $input) {
        appLink {
          ...LinkFields
        }
      }
    }
  `,
  [LinkFields],
);

interface LinkRowProps {
  source: SourceRef;
  channel: string;
  account: string;
  kind: LinkKind;
  link: Link | undefined;
}

/** One kind of link: made at a click, then shown with its code. */
export function LinkRow({ source, channel, account, kind, link }: LinkRowProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayWrite = useMay("WRITE_CONTENT");
  const [isOpen, setOpen] = useState(false);
  const make = useMutation({
    mutationFn: async (anew: boolean) => {
      const input = { source, accountId: account, kind: kind.id, anew };
      return (await request(MakeLink, { input })).makeAppLink.appLink;
    },
    onSuccess: (made) => {
      client.setQueryData(linksOptions(source, channel).queryKey, (before) => {
        if (before === undefined) return before;
        const others = before.links.filter((one) => one.accountId !== made.accountId || one.kind !== made.kind);
        return { ...before, links: [...others, made] };
      });
      setOpen(true);
    },
  });
  const name = localText(kind.name);
  const isGood = link !== undefined && !link.isOver;
  return (
    <div className="link-row pad">
      <Group justify="space-between" wrap="nowrap" gap={12}>
        <div>
          <Text fw={600}>{name}</Text>
          <Text size="xs" c="dimmed">
            {link === undefined ? (
              localText(kind.help)
            ) : link.isOver ? (
              t("link.over")
            ) : link.endsAt === null ? (
              t("link.lasting")
            ) : (
              <>
                {t("link.until")} <Time at={link.endsAt} isDue />
              </>
            )}
          </Text>
        </div>
        {isGood ? (
          <UnstyledButton
            className="link-code"
            aria-label={t("link.show", { name })}
            onClick={() => {
              setOpen(true);
            }}
          >
            <img src={link.picture} alt="" width={48} height={48} />
          </UnstyledButton>
        ) : (
          mayWrite && (
            <Button
              variant="default"
              flex="none"
              leftSection={<QrCode size={16} aria-hidden />}
              aria-label={t("link.make_of", { name })}
              loading={make.isPending}
              onClick={() => {
                make.mutate(false);
              }}
            >
              {t("link.make")}
            </Button>
          )
        )}
      </Group>
      {make.error !== null && <ErrorPanel error={make.error} />}
      {isGood && (
        <LinkDialog
          name={name}
          help={localText(kind.help)}
          link={link}
          isOpen={isOpen}
          onClose={() => {
            setOpen(false);
          }}
          isMaking={make.isPending}
          remake={
            mayWrite && kind.days !== null
              ? () => {
                  make.mutate(true);
                }
              : undefined
          }
        />
      )}
    </div>
  );
}
