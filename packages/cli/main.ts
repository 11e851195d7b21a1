/**
 * The program: arguments in, exit code out. Every way to end is here: done, one sentence and a code, a reader that went away,
 * Ctrl-C, or a fault of ours.
 */
import { enableCompileCache } from 'node:module';
import { EXIT, Interrupted, OutputClosed, Refusal } from './io/exit.ts';
import { type Io, processIo } from './io/io.ts';
import { safe } from '@noroshi/kit/safe.ts';
import { stateOf, systemErrorOf } from '@noroshi/kit/system-error.ts';

/** Runs the command line and returns its exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const io = processIo();
  const isDebug = argv.includes('--debug');
  const args = argv.filter((argument) => argument !== '--debug');
  try {
    io.interrupt.watch();
    const { runProgram } = await import('./program.ts');
    const code = await runProgram(io, args);
    io.out.flush();
    return code;
  } catch (error) {
    return explain(io, error, isDebug);
  } finally {
    flushErrors(io);
    // Whoever feeds us may go on for ever; when we are done that shall not keep us.
    if (args.includes('-')) process.stdin.destroy();
  }
}

/** Says what went wrong, after what was already said; the exit code. */
function explain(io: Io, error: unknown, isDebug: boolean): number {
  if (error instanceof OutputClosed) return EXIT.ok.code;
  try {
    io.out.flush();
  } catch {
    // The reader has gone as well: what went wrong is still worth a sentence.
  }
  if (error instanceof Interrupted) return EXIT.interrupted.code;
  const { sentence, code } = sentenceOf(error);
  io.errors.write(`${safe(sentence)}\n`);
  if (isDebug && error instanceof Error) io.errors.write(`${error.stack ?? ''}\n`);
  return code;
}

function sentenceOf(error: unknown): { sentence: string; code: number } {
  if (error instanceof Refusal) return { sentence: error.message, code: error.code };
  const system = systemErrorOf(error);
  if (system !== undefined) {
    const path = typeof system.path === 'string' ? ` with ${system.path}` : '';
    return { sentence: `Cannot go on${path}: ${stateOf(system)}`, code: EXIT.io.code };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { sentence: `Fault in noroshi, please report it: ${message} (--debug shows where)`, code: EXIT.internal.code };
}

function flushErrors(io: Io): void {
  try {
    io.errors.flush();
  } catch {
    // Nobody reads our errors any more.
  }
}

if (import.meta.main) {
  enableCompileCache();
  process.exitCode = await main(process.argv.slice(2));
}
