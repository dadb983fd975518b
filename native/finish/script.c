#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

/* Room for one more; arrays double when their count is a power of two. */
static void *grown(void *array, int count, size_t size)
{
	if (count & (count - 1))
		return array;
	array = realloc(array, (size_t)(count ? 2 * count : 1) * size);
	if (!array)
		abort();
	return array;
}

#define APPEND(array, count, value) \
	((array) = grown(array, count, sizeof(*(array))), (array)[(count)++] = (value), true)

static bool expectation_line(struct script *script, const char *line)
{
	struct expectation one = { .thread_count = 0 };
	int end = 0, tid, more;

	if (sscanf(line, "expect %d %d %d %d %d %d%n", &one.pid, &one.ppid, &one.pgid, &one.sid, &one.exit_status,
		   &one.subreaper, &end) < 6)
		return false;
	for (line += end; sscanf(line, "%d%n", &tid, &more) == 1; line += more) {
		one.threads = grown(one.threads, one.thread_count, sizeof(int));
		one.threads[one.thread_count++] = tid;
	}
	if (one.thread_count == 0)
		one.thread_count = 1;
	return !*line && APPEND(script->expectations, script->expectation_count, one);
}

static bool signal_line(struct script *script, const char *line)
{
	struct queued signal = { 0 };
	unsigned byte;
	int end = 0, i;

	if (sscanf(line, "signal %d %d %n", &signal.pid, &signal.tid, &end) < 2 || !end)
		return false;
	for (i = 0, line += end; i < SIGINFO_SIZE && sscanf(line, "%2x", &byte) == 1; i++, line += 2)
		signal.info[i] = (unsigned char)byte;
	return i > 0 && !*line && APPEND(script->signals, script->signal_count, signal);
}

bool script_line(struct script *script, const char *line)
{
	struct step step = { .pid = 0 };
	struct mark mark = { 0 };
	char how[8], fate[8];
	int number, end = -1;

	if (expectation_line(script, line) || signal_line(script, line))
		return true;
#define READ(format, ...) (end = -1, sscanf(line, format "%n", __VA_ARGS__, &end), end >= 0 && !line[end])
	if (READ("carrier %d", &mark.pid))
		return APPEND(script->carriers, script->carrier_count, mark);
	if (READ("subreaper %d", &mark.pid))
		return APPEND(script->subreapers, script->subreaper_count, mark);
	if (READ("stop %d %d", &mark.pid, &mark.signal))
		return APPEND(script->stops, script->stop_count, mark);
	if (READ("pdeath %d %d %d", &mark.pid, &mark.tid, &mark.signal))
		return APPEND(script->death_signals, script->death_signal_count, mark);
	if (READ("prctl %d %d %d", &step.pid, &step.prctl.option, &step.prctl.value))
		step.op = OP_PRCTL;
	else if (READ("setpgid %d %d %d", &step.pid, &step.setpgid.target, &step.setpgid.pgid))
		step.op = OP_SETPGID;
	else if (READ("wait4 %d %d", &step.pid, &step.wait4.child))
		step.op = OP_WAIT4;
	else if (READ("exit %d %7s %d %7s %d", &step.pid, how, &number, fate, &step.exit.parent) &&
		 (!strcmp(how, "code") || !strcmp(how, "signal")) && (!strcmp(fate, "reap") || !strcmp(fate, "keep"))) {
		step.op = OP_EXIT;
		step.exit.code = !strcmp(how, "code") ? number : -1;
		step.exit.signal = !strcmp(how, "signal") ? number : -1;
		step.exit.reap = !strcmp(fate, "reap");
	} else
		return fault("the finishing script has a line that is none: %.80s", line);
	return APPEND(script->steps, script->step_count, step);
}
