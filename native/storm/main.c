/*
 * Fork storm: makes processes at a rate, in every way that changes who is whose parent, and keeps some of them.
 *
 *   regraft-storm SECONDS BIRTHS_A_SECOND KEPT
 *
 * Then prints one line of JSON: the births made, and for each kept process its closest ancestor by birth that is kept,
 * as the storm itself noted it: {"root":PID,"births":N,"caba":[[PID,PID],…]}. The processes stay until standard input
 * ends. Nobody becomes a zombie: SIGCHLD is ignored by all.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of so many turns one is worth keeping: a fork that copies memory costs ten times a vfork. */
enum { MOST = 4000000, WORKERS = 2, LASTING_TURN = 48 };

/* One entry a birth, shared by all; entry 0 is the root. */
struct entry {
	int creator;
	atomic_int pid;
	atomic_int kept;
};

static struct entry *entries;
static atomic_int *births;
static atomic_int *fleeting;
static int kept_wanted;

static void stay(int entry)
{
	entries[entry].pid = getpid();
	entries[entry].kept = 1;
	for (;;)
		pause();
}

static void leave(int entry, int keep)
{
	if (keep)
		stay(entry);
	_exit(0);
}

/* Returns the new entry in the child, 0 in the caller. */
static int birth(int creator, int flags)
{
	int entry = atomic_fetch_add(births, 1) + 1;
	if (entry >= MOST)
		_exit(1);
	entries[entry].creator = creator;
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	return pid == 0 ? entry : 0;
}

static void *bear_from_thread(void *argument)
{
	int *job = argument;
	int entry = birth(job[0], 0);
	if (entry) {
		if (job[1])
			stay(entry);
		_exit(0);
	}
	return NULL;
}

static void *become(void *argument)
{
	char number[16];
	snprintf(number, sizeof number, "%d", *(int *)argument);
	execl("/proc/self/exe", "regraft-storm", "stay", number, (char *)NULL);
	_exit(1);
}

/* A thread that is not the first executes a program, and takes the first one's number with it. */
static void exec_from_thread(int entry)
{
	pthread_t thread;
	entries[entry].pid = getpid();
	entries[entry].kept = 1;
	pthread_create(&thread, NULL, become, &entry);
	for (;;)
		pause();
}

static void keep_by_exec(int entry, int keep)
{
	if (keep)
		exec_from_thread(entry);
	_exit(0);
}

/* One to three births; the last one may stay. */
static void make(int self, int kind, int keep)
{
	int entry;
	switch (kind) {
	case 0:
		entry = birth(self, 0);
		if (entry)
			leave(entry, keep);
		break;
	case 1: /* an orphan */
		entry = birth(self, 0);
		if (entry) {
			int child = birth(entry, 0);
			if (child)
				leave(child, keep);
			_exit(0);
		}
		break;
	case 2: /* a sibling of its creator, which dies */
		entry = birth(self, 0);
		if (entry) {
			int child = birth(entry, CLONE_PARENT);
			if (child)
				leave(child, keep);
			_exit(0);
		}
		break;
	case 3: { /* by a thread */
		int job[2] = {self, keep};
		pthread_t thread;
		if (pthread_create(&thread, NULL, bear_from_thread, job) == 0)
			pthread_join(thread, NULL);
		break;
	}
	case 4: /* a subreaper that stays, with an orphan from two levels below */
		entry = birth(self, 0);
		if (entry) {
			prctl(PR_SET_CHILD_SUBREAPER, 1);
			int child = birth(entry, 0);
			if (child) {
				int grandchild = birth(child, 0);
				if (grandchild)
					leave(grandchild, keep);
				_exit(0);
			}
			leave(entry, keep);
		}
		break;
	default: /* a sibling of its creator, which stays */
		entry = birth(self, 0);
		if (entry) {
			int child = birth(entry, CLONE_PARENT);
			if (child)
				keep_by_exec(child, keep);
			leave(entry, keep);
		}
	}
}

/* Two births that nothing is left of: cheap ones, so that numbers are used again within seconds. */
static void flicker(void)
{
	if (vfork() == 0) {
		if (vfork() == 0)
			_exit(0);
		_exit(0);
	}
	atomic_fetch_add(fleeting, 2);
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void work(int self, double seconds, double rate)
{
	static const int made[] = {1, 2, 2, 1, 3, 2};
	double begun = now();
	double done = 0;
	double kept = 0;
	for (unsigned turn = 0; now() - begun < seconds; turn++) {
		double due = (now() - begun) * rate;
		if (done > due) {
			struct timespec pause = {0, 200000};
			nanosleep(&pause, NULL);
			continue;
		}
		if (turn % LASTING_TURN != 0) {
			flicker();
			done += 2;
			continue;
		}
		int kind = turn / LASTING_TURN % 6;
		int keep = kept < (now() - begun) / seconds * kept_wanted / WORKERS;
		make(self, kind, keep);
		done += made[kind];
		kept += keep * (kind > 3 ? 2 : 1);
	}
}

static int closest_kept(int entry)
{
	int at = entries[entry].creator;
	while (at > 0 && !entries[at].kept)
		at = entries[at].creator;
	return entries[at].pid;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "stay") == 0)
		for (;;)
			pause();
	if (argc != 4) {
		fprintf(stderr, "usage: %s SECONDS BIRTHS_A_SECOND KEPT\n", argv[0]);
		return 2;
	}
	double seconds = atof(argv[1]);
	double rate = atof(argv[2]);
	kept_wanted = atoi(argv[3]);
	size_t size = sizeof(struct entry) * MOST + 2 * sizeof *births;
	entries = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (entries == MAP_FAILED)
		return 1;
	births = (atomic_int *)(entries + MOST);
	fleeting = births + 1;
	setpgid(0, 0);
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	entries[0].pid = getpid();
	entries[0].kept = 1;
	for (int i = 0; i < WORKERS; i++) {
		int entry = birth(0, 0);
		if (entry) {
			entries[entry].pid = getpid();
			entries[entry].kept = 1;
			work(entry, seconds, rate / WORKERS);
			for (;;)
				pause();
		}
	}
	struct timespec rest = {(time_t)seconds + 1, 0};
	nanosleep(&rest, NULL);
	printf("{\"root\":%d,\"births\":%d,\"caba\":[", getpid(), *births + *fleeting);
	const char *comma = "";
	for (int entry = 1; entry <= *births; entry++) {
		if (!entries[entry].kept)
			continue;
		printf("%s[%d,%d]", comma, entries[entry].pid, closest_kept(entry));
		comma = ",";
	}
	printf("]}\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	kill(0, SIGKILL);
}
