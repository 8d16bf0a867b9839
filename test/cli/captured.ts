import { vi } from "vitest";

/** Runs a command in this process: its exit code and what it wrote to stdout. */
export const captured = async (
  run: () => number | Promise<number>,
): Promise<{ readonly code: number; readonly stdout: string }> => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const code = await run();
    return { code, stdout: written.join("") };
  } finally {
    spy.mockRestore();
  }
};
