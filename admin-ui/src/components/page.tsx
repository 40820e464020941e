import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

interface PageProps {
  title: string;
  /** What stands beside the title: a state. */
  mark?: ReactNode;
  /** A sentence below the title. */
  lead?: ReactNode;
  /** The way back, for pages inside a list. */
  back?: { to: string; label: string };
  /** The primary action stands on the right. */
  actions?: ReactNode;
  width?: number;
  children: ReactNode;
}

/** A page: its heading takes the focus on arrival. */
export function Page({ title, mark, lead, back, actions, width = 1200, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  useEffect(() => {
    document.title = `${title} · 分发 Fenfa`;
  }, [title]);
  return (
    <Stack gap={16} p={24} maw={width}>
      <div>
        {back !== undefined && (
          <Anchor component={Link} to={back.to} size="sm" c="dimmed" className="back">
            <ArrowLeft size={14} aria-hidden /> {back.label}
          </Anchor>
        )}
        <div className="page-head">
          <Group gap={12} className="page-title">
            <Title order={1} ref={heading} tabIndex={-1}>
              {title}
            </Title>
            {mark}
          </Group>
          <Group gap={8}>{actions}</Group>
        </div>
        {lead !== undefined && (
          <Text component="div" c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
