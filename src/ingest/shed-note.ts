// What the sender is told of uploads that were counted without their stacks.
import type { ShedFacts } from "../aggregate/live-protocol.ts";
import { counted, limitNote, type UploadNote } from "../profile/upload-note.ts";

export const shedNote = ({ uploads, limit, actual, allowed }: ShedFacts): UploadNote =>
  limitNote(
    "stacks_shed",
    counted(uploads, "upload"),
    [limit, actual, allowed],
    "the totals were counted and the stacks left out; send less often, or have the tenant's rate raised",
  );
