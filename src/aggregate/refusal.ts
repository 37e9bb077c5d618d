// An AppError's way out of an object: an RPC keeps only an error's message, so it goes as a value.
import { AppError } from "../lib/app-error.ts";
import type { LiveRefusal } from "./live-protocol.ts";

/** What `act` gives, or the refusal it throws. Anything else is a fault and goes on. */
export async function orRefusal<T>(act: () => T | Promise<T>): Promise<T | LiveRefusal> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, facts } = error;
    return { refused: { code, message, facts } };
  }
}

/** The other end. @throws AppError the refusal, as it was thrown in the object */
export function unrefused<T extends object>(answer: T | LiveRefusal): T {
  if (!("refused" in answer)) return answer;
  const { code, message, facts } = answer.refused;
  throw new AppError(code, message, facts);
}
