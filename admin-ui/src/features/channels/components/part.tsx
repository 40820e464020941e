import { Title } from "@mantine/core";

/** A part of an account's page. */
export function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Title order={2} mb={8}>
        {title}
      </Title>
      <div className="card told">{children}</div>
    </section>
  );
}
