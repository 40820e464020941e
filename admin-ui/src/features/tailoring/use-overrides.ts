import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ApiError, graphql, request } from "@/lib/graphql";
import { type SourceRef, type Variant, VariantFields, variantOptions } from "@/lib/variant";

const SetOverride = graphql(
  `
    mutation SetOverride($input: SetOverrideInput!) {
      setOverride(input: $input) {
        variant {
          ...VariantFields
        }
      }
    }
  `,
  [VariantFields],
);

const ClearOverride = graphql(
  `
    mutation ClearOverride($input: ClearOverrideInput!) {
      clearOverride(input: $input) {
        variant {
          ...VariantFields
        }
      }
    }
  `,
  [VariantFields],
);

/** Puts a person's value in the place of a derived one, and goes back. */
export function useOverrides(source: SourceRef, variant: Variant) {
  const client = useQueryClient();
  const { queryKey } = variantOptions(source, variant.channel);
  const typedKey = variantOptions(source, variant.channel, true).queryKey;
  const at = { source, channel: variant.channel, baseVersion: variant.version };
  const settle = {
    onSuccess: (next: Variant) => {
      client.setQueryData(queryKey, next);
      return client.invalidateQueries({ queryKey: typedKey });
    },
    onError: (error: Error) => {
      // Somebody else changed it: show what it is by now; what was typed stays in the field.
      if (error instanceof ApiError && error.code === "CONFLICT") void client.invalidateQueries({ queryKey: queryKey.slice(0, 3) });
    },
  };
  const set = useMutation({
    mutationFn: async ({ field, value }: { field: string; value: unknown }) =>
      (await request(SetOverride, { input: { ...at, field, value } })).setOverride.variant,
    ...settle,
  });
  const clear = useMutation({
    mutationFn: async (field: string) => (await request(ClearOverride, { input: { ...at, field } })).clearOverride.variant,
    ...settle,
  });
  return {
    set: (field: string, value: unknown, onKept: () => void) => {
      set.mutate({ field, value }, { onSuccess: onKept });
    },
    clear: (field: string) => {
      clear.mutate(field);
    },
    error: set.error ?? clear.error,
    isPending: set.isPending || clear.isPending,
  };
}
