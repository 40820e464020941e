import { graphql, request } from "@/lib/graphql";
import type { SourceRef } from "@/lib/variant";

const Approve = graphql(`
  mutation ApproveVariant($input: ApproveVariantInput!) {
    approveVariant(input: $input) {
      approval {
        id
      }
    }
  }
`);

/** Approves what a person saw, by its hash: an edit in the meantime is refused by the server. */
export async function approve(source: SourceRef, channel: string, contentHash: string): Promise<void> {
  await request(Approve, { input: { source, channel, contentHash } });
}
