/** Loaded before the server: its clock jumps an hour forward, an hour back, and so on, ten times a second. */

const jump = 3_600_000;
const { now } = Date;
let offset = 0;

setInterval(() => {
  offset = offset > 0 ? -jump : jump;
}, 100).unref();

Date.now = () => now() + offset;
