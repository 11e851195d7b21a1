/**
 * Loaded in front of a child's own program (`node --import`): the child ends in order when its parent is gone, however that ended.
 * Standard input is a pipe that only the parent holds open.
 */
const rope = process.stdin;
rope.on('error', () => {});
rope.on('close', () => process.kill(process.pid, 'SIGTERM'));
rope.resume();
rope.unref();
