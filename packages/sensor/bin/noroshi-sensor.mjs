#!/usr/bin/env node
// The sensor's own program, for machines that have nothing else of Noroshi. Plain JavaScript, so that a Node that is too old can say so.
const NODE_MIN = [22, 18];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  process.stderr.write(`Cannot run on Node ${process.versions.node}: ${NODE_MIN.join('.')} is needed\n`);
  process.exitCode = 3;
} else {
  const { main } = await import('../live/program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
