/*
 * The finishing script, a line each; all numbers but signals, codes and values are those inside the root's namespace.
 *
 *   carrier PID                        stands for a helper; it is there until its exit
 *   subreaper PID                      was a child-subreaper when CRIU made it
 *   stop PID SIGNAL                    was stopped in the image, and is stopped in the end
 *   expect PID PPID PGID SID STATUS FLAG [TID]...
 *                                      the tree in the end: raw wait status, -1 for the living; child-subreaper 0, 1,
 *                                      or -1 for unknown; numbers of all threads, where there is more than one
 *   pdeath PID TID SIGNAL              gets its parent-death signal back in the end
 *   signal PID TID INFO                a pending signal that a stop or its end has thrown away: its siginfo, in
 *                                      hexadecimal; TID 0: pending for the whole process
 *   prctl PID OPTION VALUE             the following are done in order
 *   setpgid PID TARGET PGID
 *   exit PID code|signal N reap|keep PARENT
 *   wait4 PID CHILD
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>

enum op { OP_PRCTL, OP_SETPGID, OP_EXIT, OP_WAIT4 };

struct step {
	enum op op;
	int pid;
	union {
		struct {
			int option, value;
		} prctl;
		struct {
			int target, pgid;
		} setpgid;
		struct {
			int code, signal; /* one of them is -1 */
			bool reap;
			int parent;
		} exit;
		struct {
			int child;
		} wait4;
	};
};

struct mark {
	int pid, tid, signal;
};

/* Of the kernel's size. */
#define SIGINFO_SIZE 128

struct queued {
	int pid, tid;
	unsigned char info[SIGINFO_SIZE];
};

struct expectation {
	int pid, ppid, pgid, sid, exit_status, subreaper;
	int *threads, thread_count;
};

struct script {
	struct step *steps;
	struct mark *carriers, *subreapers, *stops, *death_signals;
	struct queued *signals;
	struct expectation *expectations;
	int signal_count, expectation_count, step_count, carrier_count, subreaper_count, stop_count, death_signal_count;
};

/* Takes one line without its end. */
bool script_line(struct script *script, const char *line);

#endif
