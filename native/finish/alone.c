#include "alone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "images.h"
#include "leftovers.h"
#include "restore.h"
#include "watch.h"

struct order {
	char directory[PATH_MAX], scratch[PATH_MAX];
	/* The patience is in seconds. */
	const char *criu, *pidfile, *patience;
	/* For CRIU. */
	char **options;
	int option_count;
};

struct line {
	pid_t guard;
	FILE *to, *from;
};

/* The value of an option that has one, behind it or behind its `=`. */
static const char *value_of(const char *name, char **arguments, int count, int *at)
{
	const size_t length = strlen(name);

	if (!strcmp(arguments[*at], name))
		return *at + 1 < count ? arguments[++*at] : NULL;
	return !strncmp(arguments[*at], name, length) && arguments[*at][length] == '=' ? arguments[*at] + length + 1 : NULL;
}

/* May Node refuse it, and say why? Letters that share a word are Node's to tell apart, but for how much is logged. */
static bool may_be_taken(const char *text)
{
	static const char *const TAKEN[] = { "--images-dir", "--tree",	     "--pidfile",
					     "--leave-stopped", "--auto-dedup", "--restore-sibling" };
	const size_t length = strcspn(text, "=");
	unsigned i;

	if (text[0] != '-' || text[1] == 'v')
		return false;
	if (text[1] != '-')
		return strchr("DtsS", text[1]) || text[2];
	for (i = 0; length > 2 && i < sizeof(TAKEN) / sizeof(TAKEN[0]); i++)
		if (!strncmp(text, TAKEN[i], length))
			return true;
	return false;
}

static bool is_patience(const char *text)
{
	const size_t length = strspn(text, "0123456789");

	return length > 0 && length <= 3 && !text[length] && atoi(text) <= 100;
}

static bool may_be_written(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!access(path, F_OK))
		return !access(path, W_OK);
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	return !access(folder, W_OK);
}

/* False: it is for Node to say what is to be done. */
static bool read_order(int count, char **arguments, struct order *order)
{
	const char *directory = NULL, *value;
	struct stat there;
	int i;

	order->criu = "criu";
	order->patience = "10";
	for (i = 0; i < count && strcmp(arguments[i], "--"); i++) {
		if ((value = value_of("--criu", arguments, count, &i)))
			order->criu = value;
		else if ((value = value_of("--pidfile", arguments, count, &i)))
			order->pidfile = value;
		else if ((value = value_of("--patience", arguments, count, &i)))
			order->patience = value;
		else if (arguments[i][0] == '-' || directory)
			return false;
		else
			directory = arguments[i];
	}
	if (i < count)
		order->options = arguments + i + 1, order->option_count = count - i - 1;
	for (i = 0; i < order->option_count; i++)
		if (may_be_taken(order->options[i]))
			return false;
	if (order->pidfile && (!*order->pidfile || (!lstat(order->pidfile, &there) && !S_ISREG(there.st_mode))))
		return false;
	if (order->pidfile && !may_be_written(order->pidfile))
		return false;
	return directory && is_patience(order->patience) && realpath(directory, order->directory);
}

/* Beside the images, or among the temporary files. */
static bool name_scratch(struct order *order)
{
	char above[PATH_MAX];
	const char *place;
	struct timespec now;
	size_t length;

	strcpy(above, order->directory);
	*strrchr(above, '/') = 0;
	place = *above ? above : "/";
	if (access(place, W_OK))
		place = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	clock_gettime(CLOCK_REALTIME, &now);
	length = (size_t)snprintf(order->scratch, sizeof(order->scratch), "%s/.regraft-%d-%llx", place, getpid(),
				  (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000);
	return length < sizeof(order->scratch);
}

static bool start_guard(const struct order *order, struct line *line)
{
	char *always[] = { (char *)(uintptr_t)order->scratch };
	const struct leavings leavings = { always, NULL, 1, 0, order->pidfile };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return fault("the guard cannot be started: %s", strerror(errno));
	line->guard = fork();
	if (line->guard < 0)
		return fault("the guard cannot be started: %s", strerror(errno));
	if (line->guard == 0) {
		if (ends[1] != CALLER && dup2(ends[1], CALLER) < 0)
			_exit(1);
		if (ends[0] != CALLER)
			close(ends[0]);
		if (ends[1] != CALLER)
			close(ends[1]);
		_exit(watch(&leavings, restore));
	}
	close(ends[1]);
	line->to = fdopen(ends[0], "w");
	line->from = fdopen(dup(ends[0]), "r");
	if (line->from)
		fcntl(fileno(line->from), F_SETFD, FD_CLOEXEC);
	return line->to && line->from;
}

static void write_argument(FILE *to, const char *text)
{
	for (; *text; text++)
		if (strchr("%\n\r", *text))
			fprintf(to, "%%%02x", *text);
		else
			fputc(*text, to);
	fputc('\n', to);
}

/* The last value; NULL: it is not given. */
static const char *given(const struct order *order, const char *brief, const char *whole)
{
	const char *last = NULL, *value;
	int i;

	for (i = 0; i < order->option_count; i++)
		if ((value = value_of(brief, order->options, order->option_count, &i)) ||
		    (value = value_of(whole, order->options, order->option_count, &i)))
			last = value;
	return last;
}

/* The command of src/restore/criu-program.ts. */
static void write_command(const struct order *order, FILE *to)
{
	const char *arguments[16] = { order->criu, "restore", "--images-dir", order->directory };
	int count = 4, i;

	if (!given(order, "-W", "--work-dir"))
		arguments[count++] = "--work-dir", arguments[count++] = order->scratch;
	if (!given(order, "-o", "--log-file"))
		arguments[count++] = "--log-file", arguments[count++] = "restore.log";
	arguments[count++] = "--restore-detached";
	arguments[count++] = "--leave-stopped";
	fprintf(to, "criu %d\n", count + order->option_count);
	for (i = 0; i < count; i++)
		write_argument(to, arguments[i]);
	for (i = 0; i < order->option_count; i++)
		write_argument(to, order->options[i]);
}

/* The first error of CRIU's log that is one; it is never the limit that every ordinary user's CRIU speaks of. */
static void add_reason(const struct order *order, char *sentence, size_t size)
{
	const char *directory = given(order, "-W", "--work-dir"), *name = given(order, "-o", "--log-file");
	char path[2 * PATH_MAX], text[1024], *error, *end;
	FILE *log;

	if (name && *name == '/')
		directory = "";
	snprintf(path, sizeof(path), "%s/%s", directory ? directory : order->scratch, name ? name : "restore.log");
	log = fopen(path, "re");
	while (log && fgets(text, sizeof(text), log)) {
		error = strstr(text, "Error (");
		end = error && (error == text || error[-1] == ' ') ? strstr(error, "): ") : NULL;
		if (!end || strstr(text, "RLIMIT_NOFILE"))
			continue;
		end[strcspn(end, "\n")] = 0;
		snprintf(sentence + strlen(sentence), size - strlen(sentence), ": %s", end + 3);
		break;
	}
	if (log)
		fclose(log);
}

/* The guard's next word; false: it has another one, which is the reason. */
static bool heard(struct line *line, const char *word, char *rest, size_t size)
{
	char text[1024];

	*rest = 0;
	if (!fgets(text, sizeof(text), line->from))
		return fault("the finisher was ended");
	text[strcspn(text, "\n")] = 0;
	if (!strncmp(text, word, strlen(word))) {
		snprintf(rest, size, "%.*s", (int)size - 1, text + strlen(word));
		return true;
	}
	return fault("%s", !strncmp(text, "failed ", 7) && text[7] ? text + 7 : "the finisher was ended");
}

/* Hangs up: a tree that was not let go ends. */
static int hang_up(struct line *line)
{
	int status = -1;

	if (!line->to)
		return status;
	fclose(line->to);
	fclose(line->from);
	line->to = NULL;
	while (waitpid(line->guard, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool write_number(const char *path, int number)
{
	FILE *file = path ? fopen(path, "we") : NULL;
	bool written;

	if (!path)
		return true;
	written = file && fprintf(file, "%d\n", number) > 0;
	if (file && fclose(file))
		written = false;
	return written || fault("%s: %s", path, strerror(errno));
}

/* Answers with the root's number; 0: it failed, and `sentence` says why. */
static int restored(const struct order *order, const struct records *records, struct line *line, char *sentence,
		    size_t size)
{
	char rest[64];
	int root;

	fprintf(line->to, "root %u\npatience %d\n", records->at[0].pid, 1000 * atoi(order->patience));
	write_command(order, line->to);
	fprintf(line->to, "begin\n");
	fflush(line->to);
	if (!images_script(order->directory, records, line->to))
		return 0;
	fprintf(line->to, "hold\n");
	fflush(line->to);
	if (!heard(line, "held ", rest, sizeof(rest))) {
		snprintf(sentence, size, "%s", fault_text());
		add_reason(order, sentence, size);
		return 0;
	}
	root = atoi(rest);
	if (!write_number(order->pidfile, root))
		return 0;
	fprintf(line->to, "release\n");
	fflush(line->to);
	/* The guard's exit code says the same to whom the word did not reach. */
	return heard(line, "released", rest, sizeof(rest)) || hang_up(line) == 0 ? root : 0;
}

static unsigned long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

static int to_node(const char *script, int count, char **arguments)
{
	char **command = calloc((size_t)count + 4, sizeof(char *));

	if (!command)
		return 1;
	command[0] = "node";
	command[1] = (char *)(uintptr_t)script;
	command[2] = "restore";
	memcpy(command + 3, arguments, (size_t)count * sizeof(char *));
	execvp(command[0], command);
	fprintf(stderr, "regraft: node: %s\n", strerror(errno));
	return 1;
}

int alone(const char *script, int count, char **arguments)
{
	const unsigned long long begin = milliseconds();
	struct order order = { .pidfile = NULL };
	struct records records = { NULL, 0 };
	struct line line = { 0 };
	char sentence[2048] = "";
	int root = 0;

	if (!read_order(count, arguments, &order) || !images_inherited(order.directory, &records) || !name_scratch(&order))
		return to_node(script, count, arguments);
	signal(SIGPIPE, SIG_IGN);
	if (!start_guard(&order, &line)) {
		fprintf(stderr, "regraft: %s\n", fault_text());
		return 1;
	}
	if (mkdir(order.scratch, 0700))
		fault("%s: %s", order.scratch, strerror(errno));
	else
		root = restored(&order, &records, &line, sentence, sizeof(sentence));
	hang_up(&line);
	/* A guard that was killed has not removed it. */
	if (!access(order.scratch, F_OK))
		remove_path(order.scratch);
	if (root > 0) {
		printf("Restored %d processes as they are in the image, by CRIU alone, in %llu ms; the root is process %d.\n",
		       records.count, milliseconds() - begin, root);
		return 0;
	}
	if (order.pidfile)
		remove_pidfile(order.pidfile);
	fprintf(stderr, "regraft: %s\n", *sentence ? sentence : fault_text());
	return 1;
}
