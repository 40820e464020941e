import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, graphql, request } from "@/lib/graphql";
import { ownPath } from "@/lib/search";

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      user {
        name
      }
    }
  }
`);

const route = getRouteApi("/login");

/** The way in. */
export function Login() {
  const { t } = useTranslation();
  // The router keeps what the table of routes leaves out, so the address is looked at here.
  const next = ownPath(route.useSearch().next);
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    document.title = `${t("auth.title")} · 分发 Fenfa`;
  }, [t]);
  const signIn = useMutation({
    mutationFn: (input: { email: string; password: string }) => request(SignIn, { input }),
    onSuccess: async () => {
      client.clear();
      await router.navigate({ href: next ?? "/", replace: true });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ email: String(form.get("email")).trim(), password: String(form.get("password")) });
  };
  return (
    <Stack align="center" justify="center" mih="100vh" p={16} component="main">
      <Paper withBorder p={32} w={380} radius={8} bg="var(--fenfa-card)">
        <form onSubmit={submit}>
          <Stack gap={16}>
            <div>
              <Title order={1}>{t("auth.title")}</Title>
              <Text c="dimmed">{t("auth.intro")}</Text>
            </div>
            {signIn.isError && (
              <Alert color="red" variant="outline" role="alert">
                {t(`auth.${failure(signIn.error)}`)}
              </Alert>
            )}
            <TextInput name="email" type="email" label={t("auth.email")} autoComplete="username" required data-autofocus />
            <PasswordInput name="password" label={t("auth.password")} autoComplete="current-password" required />
            <Button type="submit" loading={signIn.isPending}>
              {t("auth.sign_in")}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Stack>
  );
}

function failure(error: unknown): "failed" | "too_many" | "offline" {
  if (!(error instanceof ApiError)) return "offline";
  if (error.code === "UNAUTHENTICATED" || error.code === "INVALID_INPUT") return "failed";
  return error.code === "RATE_LIMITED" ? "too_many" : "offline";
}
