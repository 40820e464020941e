import { Button, Select, Table, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/components/form-dialog";
import { ErrorPanel, ListSkeleton, Refused } from "@/components/states";
import { Time } from "@/components/time";
import { type ResultOf, graphql, request } from "@/lib/graphql";
import { viewerOptions } from "@/lib/session";

import { SettingsPage } from "../components/settings-page";

const MembersQuery = graphql(`
  query Members {
    members {
      role
      user {
        id
        name
        email
        createdAt
      }
    }
  }
`);

const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      __typename
    }
  }
`);

const SetRole = graphql(`
  mutation SetRole($input: SetRoleInput!) {
    setRole(input: $input) {
      __typename
    }
  }
`);

type Member = ResultOf<typeof MembersQuery>["members"][number];
type Role = Member["role"];
const ROLES: Role[] = ["VIEWER", "AUTHOR", "EDITOR", "ADMIN"];

/** Who works on this site, and what each may do. */
export function Members() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["members"],
    queryFn: async ({ signal }) => (await request(MembersQuery, {}, signal)).members,
  });
  return (
    <SettingsPage section="members" actions={<NewMember />}>
      {query.isPending && <ListSkeleton rows={4} />}
      {query.error !== null && <ErrorPanel error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && (
        <div className="card">
          <Table verticalSpacing={8} horizontalSpacing={16} aria-label={t("settings.members")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("settings.name")}</Table.Th>
                <Table.Th scope="col">{t("settings.email")}</Table.Th>
                <Table.Th scope="col">{t("settings.since")}</Table.Th>
                <Table.Th scope="col">{t("settings.role")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.data.map((member) => (
                <MemberRow key={member.user.id} member={member} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </SettingsPage>
  );
}

function MemberRow({ member }: { member: Member }) {
  const { t } = useTranslation();
  const me = useQuery(viewerOptions).data?.user.id;
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: Role) => request(SetRole, { input: { userId: member.user.id, role } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
  return (
    <Table.Tr>
      <Table.Td>{member.user.name}</Table.Td>
      <Table.Td>{member.user.email}</Table.Td>
      <Table.Td>
        <Time at={member.user.createdAt} />
      </Table.Td>
      <Table.Td>
        {/* Nobody locks themselves out. */}
        {member.user.id === me ? (
          t(`role.${member.role}`)
        ) : (
          <Select
            w={140}
            aria-label={t("settings.role_of", { name: member.user.name })}
            value={member.role}
            data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            error={change.error !== null && <Refused error={change.error} />}
            onChange={(role) => {
              const chosen = ROLES.find((one) => one === role);
              if (chosen !== undefined && chosen !== member.role) change.mutate(chosen);
            }}
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}

const NOBODY = { email: "", name: "", password: "", role: "EDITOR" as Role };

function NewMember() {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [draft, setDraft] = useState(NOBODY);
  const set = (part: Partial<typeof NOBODY>) => {
    setDraft({ ...draft, ...part });
  };
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => request(CreateUser, { input: draft }),
    onSuccess: () => {
      setDraft(NOBODY);
      close();
      return client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  const isReady = draft.email !== "" && draft.name !== "" && draft.password !== "";
  return (
    <>
      <Button onClick={open}>{t("settings.member_new")}</Button>
      <FormDialog title={t("settings.member_new")} action={t("settings.member_create")} isOpen={isOpen} onClose={close} mutation={create} isReady={isReady}>
        <TextInput label={t("settings.name")} value={draft.name} onChange={(event) => { set({ name: event.currentTarget.value }); }} />
        <TextInput label={t("settings.email")} type="email" value={draft.email} onChange={(event) => { set({ email: event.currentTarget.value }); }} />
        <TextInput
          label={t("settings.password_first")}
          description={t("settings.password_help")}
          autoComplete="off"
          value={draft.password}
          onChange={(event) => { set({ password: event.currentTarget.value }); }}
        />
        <Select
          label={t("settings.role")}
          value={draft.role}
          data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(role) => { set({ role: ROLES.find((one) => one === role) ?? "EDITOR" }); }}
        />
      </FormDialog>
    </>
  );
}
