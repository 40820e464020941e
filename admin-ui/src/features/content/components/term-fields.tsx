import { Select, TagsInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Refused } from "@/components/states";
import { graphql, request } from "@/lib/graphql";
import { termsOptions } from "@/lib/terms";

const CreateTag = graphql(`
  mutation CreateTag($input: CreateTagInput!) {
    createTag(input: $input) {
      tag {
        id
        name
      }
    }
  }
`);

interface Term {
  id: string;
  name: string;
}

interface CategoryFieldProps {
  value: Term | null;
  onChange: (value: Term | null) => void;
  isReadOnly: boolean;
}

/** One of the site's categories. */
export function CategoryField({ value, onChange, isReadOnly }: CategoryFieldProps) {
  const { t } = useTranslation();
  const categories = useQuery(termsOptions).data?.categories ?? (value === null ? [] : [value]);
  return (
    <Select
      label={t("story.category")}
      data={categories.map(({ id, name }) => ({ value: id, label: name }))}
      value={value?.id ?? null}
      onChange={(id) => {
        onChange(categories.find((one) => one.id === id) ?? null);
      }}
      readOnly={isReadOnly}
      clearable={!isReadOnly}
      searchable
      nothingFoundMessage={t("story.no_category")}
      comboboxProps={{ withinPortal: false }}
    />
  );
}

interface TagsFieldProps {
  value: Term[];
  onChange: (value: Term[]) => void;
  isReadOnly: boolean;
}

/** Tags; one that does not exist yet is made. */
export function TagsField({ value, onChange, isReadOnly }: TagsFieldProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const known = useQuery(termsOptions).data?.tags ?? [];
  const create = useMutation({
    mutationFn: async (name: string) => (await request(CreateTag, { input: { name } })).createTag.tag,
    onSuccess: () => client.invalidateQueries({ queryKey: termsOptions.queryKey }),
  });
  const set = async (names: string[]) => {
    const find = (name: string) => [...value, ...known].find((tag) => tag.name === name);
    const terms = await Promise.all(names.map(async (name) => find(name) ?? create.mutateAsync(name)));
    onChange(terms.filter((term, index) => terms.findIndex((other) => other.id === term.id) === index));
  };
  return (
    <TagsInput
      label={t("story.tags")}
      data={known.map((tag) => tag.name)}
      value={value.map((tag) => tag.name)}
      onChange={(names) => {
        // What could not be made is said below the field; the tags stay as they were.
        set(names.map((name) => name.trim()).filter((name) => name !== "")).catch(() => undefined);
      }}
      error={create.error !== null && <Refused error={create.error} />}
      readOnly={isReadOnly}
      comboboxProps={{ withinPortal: false }}
    />
  );
}
