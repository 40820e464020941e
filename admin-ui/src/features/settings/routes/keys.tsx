import { Button, Code, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { Secret } from "@/components/secret";
import { EmptyState, ErrorPanel, ListSkeleton } from "@/components/states";
import { Time } from "@/components/time";
import { type ResultOf, graphql, request } from "@/lib/graphql";

import { SettingsPage } from "../components/settings-page";

const KeysQuery = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      prefix
      createdAt
      revokedAt
    }
  }
`);

const CreateKey = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      secret
    }
  }
`);

const RevokeKey = graphql(`
  mutation RevokeApiKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) {
      __typename
    }
  }
`);

type Key = ResultOf<typeof KeysQuery>["apiKeys"][number];

/** Keys with which mini-programs read what is published. */
export function ApiKeys() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["keys"],
    queryFn: async ({ signal }) => (await request(KeysQuery, {}, signal)).apiKeys,
  });
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <SettingsPage section="keys" actions={<NewKey onMade={setSecret} />}>
      {secret !== null && <Secret value={secret} />}
      {query.isPending && <ListSkeleton rows={3} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title={t("settings.keys_empty")} />}
      {query.data !== undefined && query.data.length > 0 && (
        <div className="card">
          <Table verticalSpacing={8} horizontalSpacing={16} aria-label={t("settings.keys")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("settings.name")}</Table.Th>
                <Table.Th scope="col">{t("settings.key_prefix")}</Table.Th>
                <Table.Th scope="col">{t("settings.created")}</Table.Th>
                <Table.Th scope="col">{t("list.state")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.data.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td>{key.name}</Table.Td>
                  <Table.Td>
                    <Code>{key.prefix}…</Code>
                  </Table.Td>
                  <Table.Td>
                    <Time at={key.createdAt} />
                  </Table.Td>
                  <Table.Td>
                    {key.revokedAt === null ? (
                      <Revoke apiKey={key} />
                    ) : (
                      <Text c="dimmed">
                        {t("settings.key_revoked")} <Time at={key.revokedAt} />
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </SettingsPage>
  );
}

function NewKey({ onMade }: { onMade: (secret: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => request(CreateKey, { input: { name } }),
    onSuccess: (made) => {
      onMade(made.createApiKey.secret);
      setName("");
      close();
      return client.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  const isReady = name.trim() !== "";
  return (
    <>
      <Button onClick={open}>{t("settings.key_new")}</Button>
      <FormDialog title={t("settings.key_new")} action={t("settings.key_create")} isOpen={isOpen} onClose={close} mutation={create} isReady={isReady}>
        <TextInput
          label={t("settings.name")}
          description={t("settings.key_name_help")}
          value={name}
          onChange={(event) => { setName(event.currentTarget.value); }}
        />
      </FormDialog>
    </>
  );
}

function Revoke({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => request(RevokeKey, { input: { id: apiKey.id } }),
    onSuccess: close,
    onSettled: () => client.invalidateQueries({ queryKey: ["keys"] }),
  });
  return (
    <>
      <Button variant="default" size="xs" onClick={open} aria-label={t("settings.key_revoke_of", { name: apiKey.name })}>
        {t("settings.key_revoke")}
      </Button>
      <FormDialog title={t("settings.key_revoke")} action={t("settings.key_revoke")} isOpen={isOpen} onClose={close} mutation={revoke} isDangerous>
        <Text>{t("settings.key_revoke_asks", { name: apiKey.name })}</Text>
      </FormDialog>
    </>
  );
}
