import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A section of the day: its lines, or a sentence where there are none. */
export function Part({ title, empty, children }: { title: string; empty: string; children: ReactNode[] }) {
  return (
    <section>
      <Title order={2} mb={8}>
        {title}
      </Title>
      <div className="card">
        {children.length === 0 ? (
          <Text c="dimmed" p={16}>
            {empty}
          </Text>
        ) : (
          <Stack gap={0} component="ul" className="lines">
            {children}
          </Stack>
        )}
      </div>
    </section>
  );
}
